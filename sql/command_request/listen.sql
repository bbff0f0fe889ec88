-- Errands are heard of as soon as they are asked for.
listen sahut_etl_command_request
