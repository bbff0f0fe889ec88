#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a C header of SQL files: sql/warehouse/lock.sql becomes the string
# sql_warehouse_lock. The steps in sql/merge/ become one string, sql_merge, in the
# order of their names. Whole-line comments stay behind.
#
# usage: embed.sh SOURCE-DIRECTORY FILE...   (files relative to the directory)
set -eu
LC_ALL=C
export LC_ALL
top=$1
shift

quote() {
	sed -e '/^--/d' -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' "$@"
}

printf '/* Made by sql/embed.sh. */\n'
merge=
for f in "$@"; do
	case $f in
	sql/merge/*)
		merge="$merge $f"
		continue ;;
	esac
	name=$(printf '%s' "${f%.sql}" | tr -c 'a-z0-9' '_')
	printf '\nstatic const char %s[] __attribute__((unused)) =\n' "$name"
	quote "$top/$f"
	printf '\t;\n'
done
printf '\nstatic const char sql_merge[] __attribute__((unused)) =\n'
for f in $(printf '%s\n' $merge | sort); do
	quote "$top/$f"
done
printf '\t;\n'
