#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes completions of sahut-etl for a shell, from what the program says of
# itself, so that none can be missing or stale.
#
# usage: complete.sh PROGRAM bash|zsh|fish
#
# PROGRAM may be several words: an emulator and the program.
set -eu
LC_ALL=C
export LC_ALL
program=$1
shell=$2

# One line of tabs for each command and option, which awk then writes as the shell has it:
#   C  parent  name  summary         a command, or a verb of one
#   O  command  letter  name  argument  help
options() { # WORDS
	# A verb is two words.
	# shellcheck disable=SC2086
	$program $1 --help 2>/dev/null | awk -v words="$1" '
		/^  (-[A-Za-z], |    )--[a-z]/ {
			letter = substr($0, 3, 1) == "-" ? substr($0, 4, 1) : ""
			rest = substr($0, 9)
			head = rest; sub(/  .*/, "", head)
			help = rest; sub(/^[^ ]*( [^ ]+)*  +/, "", help)
			arg = head; if (!sub(/^[^ ]+ /, "", arg)) arg = ""
			name = head; sub(/ .*/, "", name)
			print "O\t" words "\t" letter "\t" name "\t" arg "\t" help
		}'
}

table() {
	options ""
	$program --help | awk '/^  [a-z]/ {
		name = $1
		rest = $0; sub(/^ +/, "", rest)
		head = rest; sub(/  .*/, "", head)
		help = rest; sub(/^[^ ]*( [^ ]+)*  +/, "", help)
		verbs = $2 ~ /^[a-z]+(\|[a-z]+)*$/ && index(head, $2) ? $2 : ""
		print name "\t" verbs "\t" help
	}' | while IFS='	' read -r name verbs help; do
		# Of two tabs that follow one another, read makes one.
		[ -n "$help" ] || { help=$verbs; verbs=; }
		printf 'C\t\t%s\t%s\n' "$name" "$help"
		# One that has no options but --help leaves them to its verbs.
		own=$(options "$name" | awk -F '\t' '$4 != "help"')
		if [ -n "$own" ] || [ -z "$verbs" ]; then options "$name"; fi
		for verb in $(printf '%s' "$verbs" | tr '|' ' '); do
			printf 'C\t%s\t%s\t\n' "$name" "$verb"
			[ -n "$own" ] || options "$name $verb"
		done
	done
}

table | awk -F '\t' -v shell="$shell" '
	function quoted(s) { gsub(/\047/, "\047\\\047\047", s); return "\047" s "\047" }

	# What an argument can be: its alternatives, "file", "workspace" or nothing.
	function choices(arg, help,    s) {
		if (arg == "FILE") return "file"
		if (arg ~ /\|/) { gsub(/\|/, " ", arg); return arg }
		s = help; gsub(/ \([^)]*\)/, "", s); sub(/;.*/, "", s); sub(/ or /, ", ", s); sub(/ +$/, "", s)
		if (arg != "" && s ~ /^[a-z_]+(, [a-z_]+)+$/) { gsub(/,/, "", s); return s }
		return ""
	}

	$1 == "C" { n++; parent[n] = $2; name[n] = $3; summary[n] = $4; next }
	$1 == "O" {
		m++; of[m] = $2; letter[m] = $3; option[m] = $4; arg[m] = $5; help[m] = $6
		can[m] = $4 == "workspace" ? "workspace" : choices($5, $6)
		if (!($2 in seen)) { seen[$2] = 1; order[++w] = $2 }
		next
	}

	# ---- bash ----
	function bash_all(    i, j, line) {
		print "# bash completion of sahut-etl(8). Made by completions/complete.sh."
		print "_sahut_etl()\n{"
		print "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words= i=1 list= options="
		print "\tCOMPREPLY=()"
		print "\twhile [ $i -lt $COMP_CWORD ]; do"
		print "\t\tcase ${COMP_WORDS[i]} in"
		line = ""
		for (j = 1; j <= m; j++) if (of[j] == "" && arg[j] != "") line = line (line ? "|" : "") (letter[j] ? "-" letter[j] "|" : "") "--" option[j]
		print "\t\t" line ") [ -n \"$words\" ] || i=$((i + 1)) ;;"
		print "\t\t-*) ;;"
		print "\t\t*) words=${words:+$words }${COMP_WORDS[i]} ;;"
		print "\t\tesac\n\t\ti=$((i + 1))\n\tdone"
		# Verbs are words of the command; what follows them is not.
		print "\tcase $words in"
		for (i = 1; i <= n; i++) if (parent[i] != "" && ((parent[i] " " name[i]) in seen)) print "\t\"" parent[i] " " name[i] "\"*) words=\"" parent[i] " " name[i] "\" ;;"
		for (i = 1; i <= n; i++) if (parent[i] == "") print "\t\"" name[i] "\"|\"" name[i] " \"*) words=" name[i] " ;;"
		print "\tesac"
		print "\tcase \"$words $previous\" in"
		for (j = 1; j <= m; j++) if (arg[j] != "") {
			print "\t\"" of[j] " --" option[j] "\"" (letter[j] ? "|\"" of[j] " -" letter[j] "\"" : "") ")"
			if (can[j] == "file") print "\t\tCOMPREPLY=($(compgen -f -- \"$current\"))"
			else if (can[j] == "workspace") print "\t\tCOMPREPLY=($(compgen -W \"$(_sahut_etl_workspaces)\" -- \"$current\"))"
			else if (can[j] != "") print "\t\tCOMPREPLY=($(compgen -W \"" can[j] "\" -- \"$current\"))"
			print "\t\treturn ;;"
		}
		print "\tesac\n\tcase $words in"
		print "\t\"\") " lists_of("") " ;;"
		for (i = 1; i <= n; i++) if (parent[i] == "") print "\t\"" name[i] "\") " lists_of(name[i]) " ;;"
		for (i = 1; i <= n; i++) if (parent[i] != "" && ((parent[i] " " name[i]) in seen)) print "\t\"" parent[i] " " name[i] "\") " lists_of(parent[i] " " name[i]) " ;;"
		# Options are offered to who begins one, and where there is nothing else.
		print "\tesac\n\tcase $current in -*) list=$options ;; *) list=${list:-$options} ;; esac"
		print "\tCOMPREPLY=($(compgen -W \"$list\" -- \"$current\"))\n}"
		print "_sahut_etl_workspaces()\n{"
		print "\tsed -n \"s/^ *- name: *[\\\"\047]*\\([^\\\"\047#]*\\).*/\\1/p\" \"${SAHUT_ETL_CONFIG:-/etc/sahut-etl/sahut-etl.yaml}\" 2>/dev/null\n}"
		print "complete -F _sahut_etl sahut-etl"
	}
	function lists_of(where,    i, j, words, options) {
		for (i = 1; i <= n; i++) if (parent[i] == where) words = words " " name[i]
		for (j = 1; j <= m; j++) if (of[j] == where) options = options " --" option[j]
		return "list=\"" substr(words, 2) "\" options=\"" substr(options, 2) "\""
	}

	# ---- zsh ----
	function zsh_text(s) { gsub(/\\/, "\\\\", s); gsub(/:/, "\\:", s); gsub(/\[/, "\\[", s); gsub(/\]/, "\\]", s); return s }
	function zsh_option(j,    head, tail) {
		tail = "[" zsh_text(help[j]) "]"
		if (arg[j] != "") tail = tail ":" zsh_text(arg[j]) ":" (can[j] == "file" ? "_files" : can[j] == "workspace" ? "_sahut_etl_workspaces" : can[j] == "" ? " " : "(" can[j] ")")
		head = letter[j] ? quoted("(-" letter[j] " --" option[j] ")") "{-" letter[j] ",--" option[j] "}" : "--" option[j]
		return head quoted(tail)
	}
	function zsh_body(where, tabs,    i, j, line, verbs) {
		line = tabs "_arguments -s"
		for (j = 1; j <= m; j++) if (of[j] == where) line = line " \\\n" tabs "\t" zsh_option(j)
		for (i = 1; i <= n; i++) if (parent[i] == where && where != "") verbs = verbs " " name[i]
		return line (verbs ? " \\\n" tabs "\t" quoted("1: :(" substr(verbs, 2) ")") : "")
	}
	function zsh_all(    i, k, line) {
		print "#compdef sahut-etl\n# zsh completion of sahut-etl(8). Made by completions/complete.sh."
		print "(( $+functions[_sahut_etl_workspaces] )) || _sahut_etl_workspaces() {\n\tlocal -a names"
		print "\tnames=(${(f)\"$(sed -n \"s/^ *- name: *[\\\"\047]*\\([^\\\"\047#]*\\).*/\\1/p\" ${SAHUT_ETL_CONFIG:-/etc/sahut-etl/sahut-etl.yaml} 2>/dev/null)\"})"
		print "\tcompadd -a names\n}"
		print "local state line curcontext=$curcontext"
		line = zsh_body("", "") " \\\n\t" "\0471:command:(("
		for (i = 1; i <= n; i++) if (parent[i] == "") { s = summary[i]; gsub(/\047/, "", s); line = line " " name[i] "\\:\"" zsh_text(s) "\"" }
		print line "))\047 \\\n\t\047*::argument:->arguments\047 && return"
		print "case $line[1] in"
		for (i = 1; i <= n; i++) if (parent[i] == "") {
			print name[i] ")"
			if (name[i] in seen) print zsh_body(name[i], "\t")
			else {
				print "\tif (( CURRENT == 2 )); then\n" zsh_body(name[i], "\t\t") "\n\telse\n\t\tcase $words[2] in"
				for (k = 1; k <= n; k++) if (parent[k] == name[i]) print "\t\t" name[k] ")\n\t\t\tshift words; (( CURRENT-- ))\n" zsh_body(name[i] " " name[k], "\t\t\t") "\n\t\t\t;;"
				print "\t\tesac\n\tfi"
			}
			print "\t;;"
		}
		print "esac"
	}

	# ---- fish ----
	function fish_all(    i, j, line) {
		print "# fish completion of sahut-etl(8). Made by completions/complete.sh."
		print "function __sahut_etl_at\n\tset -l words (commandline -opc)[2..-1]\n\tset -l found"
		print "\twhile set -q words[1]\n\t\tswitch $words[1]"
		for (j = 1; j <= m; j++) if (of[j] == "" && arg[j] != "") line = line " --" option[j] (letter[j] ? " -" letter[j] : "")
		print "\t\t\tcase" line "\n\t\t\t\tset -q words[2]; and set -e words[1]"
		print "\t\t\tcase \"-*\"\n\t\t\tcase \"*\"\n\t\t\t\tset -a found $words[1]\n\t\tend\n\t\tset -e words[1]\n\tend"
		print "\tif test -z \"$argv\"\n\t\ttest -z \"$found\"\n\telse\n\t\tstring match -q -- \"$argv *\" \"$found \"\n\tend\nend"
		print "function __sahut_etl_workspaces\n\tset -q SAHUT_ETL_CONFIG; or set -l SAHUT_ETL_CONFIG /etc/sahut-etl/sahut-etl.yaml"
		print "\tsed -n \"s/^ *- name: *[\\\"\047]*\\([^\\\"\047#]*\\).*/\\1/p\" $SAHUT_ETL_CONFIG 2>/dev/null\nend"
		print "complete -c sahut-etl -f"
		for (i = 1; i <= n; i++) {
			line = "complete -c sahut-etl -n " quoted("__sahut_etl_at " parent[i]) " -a " name[i]
			print line (summary[i] != "" ? " -d " quoted(summary[i]) : "")
		}
		for (j = 1; j <= m; j++) {
			line = "complete -c sahut-etl -n " quoted("__sahut_etl_at " of[j]) " -l " option[j] (letter[j] ? " -s " letter[j] : "")
			if (arg[j] != "") line = line (can[j] == "file" ? " -rF" : can[j] == "workspace" ? " -xa \"(__sahut_etl_workspaces)\"" : can[j] != "" ? " -xa \"" can[j] "\"" : " -x")
			print line " -d " quoted(help[j])
		}
	}

	END { if (shell == "bash") bash_all(); else if (shell == "zsh") zsh_all(); else fish_all() }'
