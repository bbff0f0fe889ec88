-- The server's process that works for this connection.
select pg_backend_pid()
