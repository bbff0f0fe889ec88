-- A query about a whole sweep compares two large sets, once: the opposite of a merge.
begin;
set local enable_hashjoin = on;
set local enable_mergejoin = on;
set local work_mem = '64MB';
