-- Parts of the list that were too deep and are not any more. $1 workspace, $2 those that are, as JSON.
delete from sahut_etl.deep_part p
where p.workspace_id = $1::integer and p.place > jsonb_array_length($2::jsonb)
