-- Removes the columns that identify the contact, and counts them for each workspace that knows it. $1 contact, $2 name
-- of the workspace, or null. A rejected item keeps its place, since the API still counts it, and loses its content.
select e.workspace_name, e.had_identity, e.items from sahut_etl.erase($1, $2) e
