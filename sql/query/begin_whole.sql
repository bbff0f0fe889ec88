-- A full sweep is compared with all that is held: two large sets, whatever the planner thinks of their size before
-- their first ANALYZE.
set local enable_nestloop = off
