select sahut_etl.take_attributes($1::jsonb)
