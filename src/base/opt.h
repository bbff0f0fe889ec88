/* SPDX-License-Identifier: MIT */
/*
 * opt.h -- Parses command-line options from a table, and writes the help from
 * the same table.
 *
 * Long options ("--full", "--from DAY", "--from=DAY") and one-letter ones
 * ("-v", "-c FILE"); "--" ends them. A command's operands may stand before,
 * between or behind its options.
 */
#ifndef OPT_H
#define OPT_H

#include "base.h"
#include "buf.h"
#include "err.h"

/* One row of a table of options. A row without `name` ends the table. */
struct opt {
	const char *name;   /* the long name, without dashes */
	char letter;	    /* the short one, or 0 */
	const char *arg;    /* the value's name in the help, or NULL for a switch */
	const char *help;   /* a phrase, without a full stop */
	bool *flag;	    /* set true, for a switch */
	const char **value; /* set to the value, for the others; points into argv */
};

#define OPT_END \
	{ \
		.name = NULL \
	}

/* Where the reading of an argument list stands. */
struct opt_args {
	int argc;
	char **argv;
	int next; /* the first argument not looked at yet */
};

/*
 * Reads options up to the first operand, which is left for the caller. False
 * with ERR_USAGE for an option that no row has (the nearest name is
 * suggested), a value that is missing, or one where none belongs.
 */
bool opt_parse_leading(const struct opt *table, struct opt_args *args, struct err *err) MUST_CHECK;

/*
 * Reads all that is left: options into the table's variables, up to MOST
 * operands into OPERANDS, which is ended by a NULL (so it has room for one
 * more). False with ERR_USAGE as above, and for an operand too many.
 */
bool opt_parse(const struct opt *table, struct opt_args *args, const char **operands, int most,
	       struct err *err) MUST_CHECK;

/* Adds a line for each row, aligned: "  -c, --config FILE  the configuration". */
void opt_help(const struct opt *table, struct buf *out);

#endif
