#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes C of SQL files: sql/warehouse/lock.sql becomes the string sql_warehouse_lock.
# The header declares the strings, the source has their texts. Each text begins
# with a comment that names its file, so that an error, the server's log and
# pg_stat_activity show the file too; its whole-line comments stay behind. The
# migrations, sql/migrations/0001_etl.sql and so on, are a table as well, in
# their order.
#
# usage: embed.sh header|source SOURCE-DIRECTORY FILE...   (files relative to the directory)
set -eu
LC_ALL=C
export LC_ALL
what=$1
top=$2
shift 2

name_of() {
	printf '%s' "${1%.sql}" | tr -c 'a-z0-9' '_'
}

quote() {
	sed -e '/^--/d' -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' "$1"
}

printf '/* Made by sql/embed.sh. */\n'
case $what in
header)
	printf '#ifndef SQL_H\n#define SQL_H\n\n'
	for f in "$@"; do
		printf 'extern const char %s[];\n' "$(name_of "$f")"
	done
	printf '\nstruct sql_migration {\n\tconst char *name, *sql;\n};\n'
	printf '\n/* In their order; a row without a name ends them. */\n'
	printf 'extern const struct sql_migration sql_migrations[];\n\n#endif\n' ;;
source)
	printf '#include "sql.h"\n'
	for f in "$@"; do
		printf '\nconst char %s[] =\n\t"/* %s */\\n"\n' "$(name_of "$f")" "$f"
		quote "$top/$f"
		printf '\t;\n'
	done
	printf '\nconst struct sql_migration sql_migrations[] = {\n'
	for f in "$@"; do
		printf '%s\n' "$f"
	done | sort | while read -r f; do
		case $f in
		sql/migrations/*)
			name=${f#sql/migrations/????_}
			printf '\t{ "%s", %s },\n' "${name%.sql}" "$(name_of "$f")" ;;
		esac
	done
	printf '\t{ 0, 0 },\n};\n' ;;
esac
