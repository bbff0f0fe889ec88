-- A full sweep is compared with all held conversations: two large sets, though the planner may take them for small
-- before their first ANALYZE.
set local enable_nestloop = off
