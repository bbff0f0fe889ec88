-- Events said that there are messages. $1 workspace, $2 ids of conversations.
select sahut_etl.make_messages_due($1::integer, $2::text[])
