#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a C source of the files that the program carries with it: the report's
# page and the Metabase cards (asset.h tells how they are found again). Scripts
# and style sheets get their SHA-256, by which the page's policy knows them.
#
# usage: embed.sh SOURCE-DIRECTORY NAME=FILE...   (relative files are the directory's)
set -eu
LC_ALL=C
export LC_ALL
top=$1
shift

# The text as it is embedded: every line ended, and no pointer to a source map, which a
# browser would go and look for.
text() {
	sed -e '/^\/\/# sourceMappingURL=/d' "$1" | sed -e '$a\'
}

hash_of() {
	text "$1" | sha256sum | cut -c 1-64 | tr a-f A-F | basenc -d --base16 | base64 -w 0
}

printf '/* Made by etc/embed.sh. */\n#include "asset.h"\n\n#include <string.h>\n'
n=0
table=
for pair in "$@"; do
	name=${pair%%=*}
	file=${pair#*=}
	case $file in
	/*) ;;
	*) file=$top/$file ;;
	esac
	hash=
	case $name in
	*.js | *.css)
		if grep -qi '</s' "$file"; then
			echo "embed.sh: $file would end the element that it stands in" >&2
			exit 1
		fi
		hash=sha256-$(hash_of "$file") ;;
	esac
	n=$((n + 1))
	printf '\nstatic const char text_%d[] =\n' "$n"
	text "$file" | sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/'
	printf '\t;\n'
	table="$table	{ \"$name\", text_$n, sizeof(text_$n) - 1, \"$hash\" },
"
done
cat <<END

static const struct asset assets[] = {
$table};

const struct asset *asset_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(assets); i++)
		if (strcmp(assets[i].name, name) == 0)
			return &assets[i];
	return NULL;
}
END
