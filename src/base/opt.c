/* SPDX-License-Identifier: MIT */
#include "opt.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "nearest.h"

/* A table has at most so many rows. */
#define MOST_ROWS 24

/* Long options are numbered from here on, behind all letters. */
#define FIRST_ROW 256

/* How getopt_long() goes through the arguments: its order is the first character of `letters`. */
#define UP_TO_THE_FIRST_OPERAND '+'
#define OPERANDS_BETWEEN '-'

/* A table in the form that getopt_long() takes. */
struct forms {
	char letters[2 + 2 * MOST_ROWS + 1];
	struct option rows[MOST_ROWS + 1];
};

/* Where operands go. */
struct operands {
	const char **to;
	int n, most;
};

static void convert(const struct opt *table, char order, struct forms *forms)
{
	char *letter = forms->letters;

	*forms = (struct forms){ .letters = "" };
	*letter++ = order;
	*letter++ = ':';
	for (int i = 0; table[i].name; i++) {
		assert(i < MOST_ROWS);
		forms->rows[i] = (struct option){ .name = table[i].name,
						  .has_arg = table[i].arg != NULL,
						  .val = FIRST_ROW + i };
		if (table[i].letter)
			*letter++ = table[i].letter;
		if (table[i].letter && table[i].arg)
			*letter++ = ':';
	}
}

/* The row of an option, by the value of getopt_long(): its number, or its letter. */
static const struct opt *find(const struct opt *table, int value)
{
	if (value >= FIRST_ROW)
		return &table[value - FIRST_ROW];
	while (table->name && table->letter != value)
		table++;
	return table;
}

static bool unknown(const struct opt *table, const char *name, struct err *err)
{
	struct nearest nearest = nearest_to(name);

	for (const struct opt *o = table; o->name; o++)
		nearest_try(&nearest, o->name);
	if (nearest.found)
		return err_set(err, ERR_USAGE, "there is no option --%s; did you mean --%s?", name,
			       nearest.found);
	return err_set(err, ERR_USAGE, "there is no option --%s", name);
}

/* ARG, "--name" or "--name=value", is no row of the table. */
static bool refuse_long(const struct opt *table, const char *arg, struct err *err)
{
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	return unknown(table, name, err);
}

/* Whether ARG is a shorter form of the option VALUE, which may mean another one later. */
static bool is_abbreviated(const struct opt *table, int value, const char *arg)
{
	return value >= FIRST_ROW && strcspn(arg + 2, "=") != strlen(find(table, value)->name);
}

/* getopt_long() answered GOT, '?' or ':', to the argument ARG. */
static bool refuse(const struct opt *table, int got, const char *arg, struct err *err)
{
	const struct opt *o = find(table, optopt);

	if (got == ':')
		return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", o->name, o->name,
			       o->arg);
	if (optopt >= FIRST_ROW)
		return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
	if (optopt)
		return err_set(err, ERR_USAGE, "there is no option -%c", optopt);
	return refuse_long(table, arg, err);
}

/* Takes the option that getopt_long() calls GOT. */
static void take(const struct opt *table, int got)
{
	const struct opt *o = find(table, got);

	if (o->arg)
		*o->value = optarg;
	else
		*o->flag = true;
}

static bool add(struct operands *operands, const char *arg, struct err *err)
{
	if (operands->n == operands->most)
		return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", arg);
	operands->to[operands->n++] = arg;
	operands->to[operands->n] = NULL;
	return true;
}

/* Reads options, and operands that stand between them, until getopt_long() has come to an end. */
static bool parse(const struct opt *table, struct opt_args *args, char order,
		  struct operands *operands, struct err *err)
{
	/* It begins behind the word that it takes for the program's name. */
	int argc = args->argc - args->next + 1, at = 1, got;
	char **argv = args->argv + args->next - 1;
	struct forms forms;
	bool ok = true;

	assert(args->next > 0);
	convert(table, order, &forms);
	opterr = 0;
	optind = 0; /* anew */
	while (ok && (got = getopt_long(argc, argv, forms.letters, forms.rows, NULL)) != -1) {
		if (got == 1)
			ok = add(operands, optarg, err);
		else if (is_abbreviated(table, got == '?' || got == ':' ? optopt : got, argv[at]))
			ok = refuse_long(table, argv[at], err);
		else if (got == '?' || got == ':')
			ok = refuse(table, got, argv[at], err);
		else
			take(table, got);
		at = optind;
	}
	args->next += optind - 1;
	return ok;
}

bool opt_parse_leading(const struct opt *table, struct opt_args *args, struct err *err)
{
	return parse(table, args, UP_TO_THE_FIRST_OPERAND, NULL, err);
}

bool opt_parse(const struct opt *table, struct opt_args *args, const char **operands, int most,
	       struct err *err)
{
	struct operands all = { .to = operands, .most = most };

	operands[0] = NULL;
	if (!parse(table, args, OPERANDS_BETWEEN, &all, err))
		return false;
	while (args->next < args->argc)
		if (!add(&all, args->argv[args->next++], err))
			return false;
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
