-- A question about a whole sweep compares two large sets, once: the opposite of what a merge does.
begin;
set local enable_hashjoin = on;
set local enable_mergejoin = on;
set local work_mem = '64MB';
