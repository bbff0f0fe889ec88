/* SPDX-License-Identifier: MIT */
#include "opt.h"

#include <stdio.h>
#include <string.h>

#define LONGEST_WORD 63

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned opt_distance(const char *a, const char *b)
{
	unsigned row[3][LONGEST_WORD + 1];
	size_t la = strlen(a), lb = strlen(b);
	unsigned *before = row[0], *last = row[1], *now = row[2];

	if (la > LONGEST_WORD || lb > LONGEST_WORD)
		return LONGEST_WORD;
	for (size_t j = 0; j <= lb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *spare = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = least(last[j] + 1, now[j - 1] + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

static bool unknown(const struct opt *table, const char *name, struct err *err)
{
	const struct opt *nearest = NULL;
	unsigned best = 3;

	for (const struct opt *o = table; o->name; o++) {
		unsigned d = opt_distance(name, o->name);

		if (d < best) {
			best = d;
			nearest = o;
		}
	}
	if (nearest)
		return err_set(err, ERR_USAGE, "there is no option --%s; did you mean --%s?", name,
			       nearest->name);
	return err_set(err, ERR_USAGE, "there is no option --%s", name);
}

static const struct opt *find_long(const struct opt *table, const char *name, size_t n)
{
	for (const struct opt *o = table; o->name; o++)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

static const struct opt *find_letter(const struct opt *table, char letter)
{
	for (const struct opt *o = table; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* Takes the value that stands in the next argument. */
static bool take_next(const struct opt *o, struct opt_args *args, struct err *err)
{
	if (args->next >= args->argc)
		return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", o->name, o->name,
			       o->arg);
	*o->value = args->argv[args->next++];
	return true;
}

/* ARG is "--name", "--name=value". */
static bool parse_long(const struct opt *table, const char *arg, struct opt_args *args,
		       struct err *err)
{
	const char *name = arg + 2;
	const char *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *o = find_long(table, name, n);

	if (!o) {
		char word[LONGEST_WORD + 1];

		snprintf(word, sizeof(word), "%.*s", (int)n, name);
		return unknown(table, word, err);
	}
	if (o->arg && equals) {
		*o->value = equals + 1;
		return true;
	}
	if (o->arg)
		return take_next(o, args, err);
	if (equals)
		return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
	*o->flag = true;
	return true;
}

/* ARG is "-v", "-vq", "-c" or "-cFILE". */
static bool parse_letters(const struct opt *table, const char *arg, struct opt_args *args,
			  struct err *err)
{
	for (const char *p = arg + 1; *p; p++) {
		const struct opt *o = find_letter(table, *p);

		if (!o)
			return err_set(err, ERR_USAGE, "there is no option -%c", *p);
		if (!o->arg) {
			*o->flag = true;
			continue;
		}
		if (!p[1])
			return take_next(o, args, err);
		*o->value = p + 1;
		return true;
	}
	return true;
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0';
}

static bool parse_one(const struct opt *table, struct opt_args *args, struct err *err)
{
	const char *arg = args->argv[args->next++];

	if (arg[1] == '-')
		return parse_long(table, arg, args, err);
	return parse_letters(table, arg, args, err);
}

bool opt_parse_leading(const struct opt *table, struct opt_args *args, struct err *err)
{
	while (args->next < args->argc && is_option(args->argv[args->next])) {
		if (strcmp(args->argv[args->next], "--") == 0) {
			args->next++;
			return true;
		}
		if (!parse_one(table, args, err))
			return false;
	}
	return true;
}

bool opt_parse(const struct opt *table, struct opt_args *args, const char **operands, int most,
	       struct err *err)
{
	bool ended = false;
	int n = 0;

	operands[0] = NULL;
	while (args->next < args->argc) {
		const char *arg = args->argv[args->next];

		if (!ended && strcmp(arg, "--") == 0) {
			ended = true;
			args->next++;
			continue;
		}
		if (!ended && is_option(arg)) {
			if (!parse_one(table, args, err))
				return false;
			continue;
		}
		if (n == most)
			return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", arg);
		operands[n++] = arg;
		operands[n] = NULL;
		args->next++;
	}
	return true;
}

static int heading(const struct opt *o, char *text, size_t size)
{
	char letter[5] = "    ";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	return snprintf(text, size, "  %s--%s%s%s", letter, o->name, o->arg ? " " : "",
			o->arg ? o->arg : "");
}

void opt_help(const struct opt *table, struct buf *out)
{
	char text[96];
	int width = 0;

	for (const struct opt *o = table; o->name; o++) {
		int n = heading(o, text, sizeof(text));

		width = n > width ? n : width;
	}
	for (const struct opt *o = table; o->name; o++) {
		heading(o, text, sizeof(text));
		buf_printf(out, "%-*s  %s\n", width, text, o->help);
	}
}
