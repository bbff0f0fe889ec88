/* SPDX-License-Identifier: MIT */
#include "quarantine.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "err_policy.h"
#include "json_writer.h"
#include "sql.h"

/* Fifty sentences and their numbers. */
#define LONGEST_REASONS (256u << 10)

/* A search under way. */
struct search {
	const struct quarantine *quarantine;
	struct script *script;
	struct buf reasons; /* members of an object: seq of a refused row, and the reason */
	struct err why;	    /* the error of the last attempt */
};

/* The steps that stage the batch, and take away rows that are refused or come after LAST. */
static void stage_until(struct search *s, int64_t last)
{
	CLEANUP(buf_free) struct buf object = BUF_MAX(LONGEST_REASONS);

	buf_printf(&object, "{%s}", buf_text(&s->reasons));
	script_reset(s->script);
	script_steps(s->script, s->quarantine->commit, 0, s->quarantine->merge.first);
	script_add(s->script, sql_quarantine_refuse);
	script_text(s->script, buf_text(&object));
	script_int(s->script, last);
	script_add(s->script, sql_quarantine_orphans);
}

static bool run(struct search *s, struct table **result)
{
	for (int tries = 1;; tries++) {
		s->why = (struct err)ERR_INIT;
		if (script_run(s->script, s->quarantine->pg, result, &s->why))
			return true;
		if (!err_policy_again(&s->why, ERR_ATTEMPT_TRANSACTION, tries))
			return false;
	}
}

/* Whether the rows up to LAST can be merged. Nothing stays of it. */
static bool fits(struct search *s, int last)
{
	stage_until(s, last);
	script_steps(s->script, s->quarantine->commit, s->quarantine->merge.first,
		     s->quarantine->merge.end);
	/* Checks that wait for a commit are made now. */
	script_add(s->script, "set constraints all immediate");
	script_add(s->script, "rollback");
	return run(s, NULL);
}

static bool is_refusal(const struct err *err)
{
	return err->kind == ERR_DATA;
}

/*
 * The first row behind GOOD that cannot be merged, near ones first, since bad
 * rows come together; *WHY is its error. When something else than the rows
 * stops the search, that error is in `why` of S.
 */
static int first_bad(struct search *s, int good, struct err *why)
{
	int bad = s->quarantine->last, step = 1;

	*why = s->why;
	while (bad - good > 1) {
		int middle = good + (int)min_i64(step, (bad - good) / 2);

		if (fits(s, middle)) {
			good = middle;
			step *= 2;
		} else if (is_refusal(&s->why)) {
			bad = middle;
			*why = s->why;
		} else {
			break;
		}
	}
	return bad;
}

/* PostgreSQL's sentence without its detail, which is the row, and another one each time. */
static void refuse(struct search *s, int seq, const struct err *why)
{
	struct json_writer out = { .buf = &s->reasons, .comma = s->reasons.len > 0 };
	const char *detail = strstr(why->text, "; ");
	char key[16];

	snprintf(key, sizeof(key), "%d", seq);
	json_writer_key(&out, key);
	json_writer_text(&out, why->text,
			 detail ? (size_t)(detail - why->text) : strlen(why->text));
}

/* Finds all that is refused. False when there is another reason, or no end of it. */
static bool search(struct search *s)
{
	struct err why;
	int bad = 0;

	if (!fits(s, 0))
		return false;
	for (int n = 0; n <= QUARANTINE_MOST; n++) {
		if (fits(s, s->quarantine->last))
			return true;
		if (!is_refusal(&s->why))
			return false;
		bad = first_bad(s, bad, &why);
		if (!is_refusal(&s->why) && s->why.kind != ERR_NONE)
			return false;
		refuse(s, bad, &why);
	}
	return false;
}

bool quarantine_commit(const struct quarantine *quarantine, struct table **result, struct err *err)
{
	struct search s = { .quarantine = quarantine,
			    .script = script_new(),
			    .reasons = BUF_MAX(LONGEST_REASONS) };
	bool ok = search(&s);

	if (ok) {
		stage_until(&s, quarantine->last);
		script_steps(s.script, quarantine->commit, quarantine->merge.first,
			     script_length(quarantine->commit));
		ok = run(&s, result);
	}
	if (!ok && !is_refusal(&s.why))
		*err = s.why;
	buf_free(&s.reasons);
	script_free(&s.script);
	return ok;
}

/* ---- a person's decisions on rejected items ----------------------------- */

/* A statement about these items, which is not run yet. */
static struct script *about(const char *sql, const struct quarantine_which *which)
{
	struct script *s = script_new();

	script_add(s, sql);
	script_text(s, which->workspace);
	script_text(s, which->id);
	return s;
}

bool quarantine_list(struct pg *pg, const struct quarantine_which *which, struct table **list,
		     struct err *err)
{
	CLEANUP(script_free) struct script *s = about(sql_rejected_list, which);

	return script_run(s, pg, list, err);
}

bool quarantine_accept(struct pg *pg, const struct quarantine_which *which, const char *who,
		       struct table **accepted, struct err *err)
{
	CLEANUP(script_free) struct script *s = about(sql_rejected_accept, which);

	script_text(s, who);
	return script_run(s, pg, accepted, err);
}

bool quarantine_want(struct pg *pg, const struct quarantine_which *which, struct table **wanted,
		     struct err *err)
{
	CLEANUP(script_free) struct script *s = about(sql_rejected_want, which);

	return script_run(s, pg, wanted, err);
}
