#!/bin/sh
# SPDX-License-Identifier: MIT
# Three analysers over src/, none of which may find anything. TAP.
#
# usage: analyze.sh BUILD (a configured directory of its own)
cd "$(dirname "$0")/../.." || exit 1
build=$1 failed=0

# tap NUMBER NAME LOG: LOG is what was found.
tap() {
	if [ -s "$3" ]; then
		echo "not ok $1 - analyze: $2"
		sed 's/^/#   /' "$3" | head -n 60
		failed=1
	else
		echo "ok $1 - analyze: $2"
	fi
}

make -C "$build" -s sql.h >/dev/null
make -C "$build" -s -j2 -k AM_CFLAGS='-Wall -Wextra -fanalyzer' all >/dev/null 2>"$build/gcc.found"
tap 1 "gcc -fanalyzer" "$build/gcc.found"

layers=$(printf -- '-I%s ' src/* tests/sandbox)
# What configure and the makefile would define.
for name in PACKAGE_NAME PACKAGE_VERSION SYSCONFDIR DOCDIR LIBSYSTEMD_VERSION; do echo "#define $name \"x\""; done >"$build/constants.h"
# Of a struct that is filled by the function that it is handed to, cppcheck thinks it is read.
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=ctuuninitvar \
	$layers --include="$build/constants.h" src tests/sandbox >"$build/cppcheck.found" 2>&1
tap 2 cppcheck "$build/cppcheck.found"

libraries=$(pkg-config --cflags libcurl libcrypto smartcols json-c libpq yaml-0.1 libsystemd libmicrohttpd)
find src tests/sandbox -name '*.c' | sort | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=gnu11 -D_GNU_SOURCE -include '"$build/constants.h $layers $libraries -I$build"' 2>/dev/null' x >"$build/clang-tidy.found"
tap 3 clang-tidy "$build/clang-tidy.found"
exit $failed
