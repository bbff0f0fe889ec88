insert into sahut_etl.migration (version, name, checksum)
	values ($1::integer, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
