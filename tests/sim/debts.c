/* SPDX-License-Identifier: MIT */
#include "debts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PRINTF_LIKE(2, 3)
static bool wrong(struct debts *debts, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(debts->wrong, sizeof(debts->wrong), fmt, args);
	va_end(args);
	return false;
}

static int64_t usec(int seconds)
{
	return seconds * USEC_PER_SEC;
}

static int number_of(const struct hint *hint)
{
	return atoi(hint->id + strlen("conv_"));
}

int debts_count(const struct debts *debts)
{
	int n = 0;

	for (int id = 1; id < DEBTS_IDS; id++)
		n += debts->list[id].is + debts->list[id].again;
	return n;
}

/* ---- hearing ---------------------------------------------------------------- */

static void note(struct debts *debts, int id, bool message, int said, int now)
{
	struct debt *debt = &debts->list[id];

	if ((!debt->is || (debt->taken && !debt->again)) && debts_count(debts) == HINTS_MOST) {
		debts->more = true;
	} else if (debt->is && debt->taken) {
		debt->first_again = debt->again ? debt->first_again : now;
		debt->message_again = message || (debt->again && debt->message_again);
		debt->said_again = said;
		debt->again = true;
	} else {
		debt->first = debt->is ? debt->first : now;
		debt->message = message || (debt->is && debt->message);
		debt->said = said;
		debt->is = true;
	}
}

void debts_hear(struct debts *debts, int id, bool message, int said, int now)
{
	char text[2 * HINTS_ID_SIZE];

	if (id == DEBTS_TOO_LONG) {
		memset(text, 'x', sizeof(text));
		text[sizeof(text) - 1] = '\0';
		debts->more = true;
	} else {
		snprintf(text, sizeof(text), "conv_%d", id);
		note(debts, id, message, said, now);
	}
	(void)hints_add(&debts->hints, text, message, usec(now));
}

bool debts_due(struct debts *debts, int now, bool *due)
{
	int first = now + 1;
	bool told = hints_due(&debts->hints) <= usec(now);

	for (int id = 1; id < DEBTS_IDS; id++)
		if (debts->list[id].is && debts->list[id].first < first)
			first = debts->list[id].first;
	*due = told;
	if (told && !debts->more && first > now - DEBTS_GATHERED)
		return wrong(debts, "they are looked at before they are gathered");
	if (!told && first <= now - DEBTS_GATHERED)
		return wrong(debts, "one from %d waits, and none is due", first);
	return !debts->more || hints_due(&debts->hints) != TIME_NEVER ||
	       wrong(debts, "there are more, and none is due");
}

/* ---- a cycle ------------------------------------------------------------------ */

bool debts_take(struct debts *debts)
{
	int n = debts_count(debts);

	hints_take(&debts->hints);
	if (debts->hints.taken != n || debts->hints.more_taken != debts->more)
		return wrong(debts, "%d of %d are taken", debts->hints.taken, n);
	for (int i = 0; i < n; i++) {
		debts->ids[i] = number_of(&debts->hints.list[i]);
		debts->list[debts->ids[i]].taken = true;
	}
	debts->more_taken = debts->more;
	debts->more = false;
	return true;
}

/* What was said again meanwhile is owed once more. */
static void settle(struct debt *debt, bool looked)
{
	bool owes = looked && debt->message;
	int promised = owes && debt->said > debt->promised ? debt->said : debt->promised;

	*debt = debt->again ? (struct debt){ .is = true,
					     .first = debt->first_again,
					     .message = debt->message_again,
					     .said = debt->said_again }
			    : (struct debt){ .is = false };
	debt->promised = promised;
}

static void keep(struct debt *debt)
{
	debt->message = debt->message || (debt->again && debt->message_again);
	debt->said = debt->again ? debt->said_again : debt->said;
	debt->taken = debt->again = false;
}

void debts_end(struct debts *debts, enum debts_end end, int now)
{
	for (int id = 1; id < DEBTS_IDS; id++) {
		struct debt *debt = &debts->list[id];

		if (end == DEBTS_DIED)
			*debt = (struct debt){ .promised = debt->promised };
		else if (debt->taken && end == DEBTS_FAILED)
			keep(debt);
		else if (debt->taken)
			settle(debt, end == DEBTS_LOOKED);
	}
	if (end == DEBTS_DIED) {
		debts->hints = (struct hints){ .n = 0 };
		debts->more = false;
		return;
	}
	/* As the daemon does: see inbox_end(). */
	hints_end(&debts->hints, end != DEBTS_FAILED);
	if (end == DEBTS_HOPELESS)
		hints_add_more(&debts->hints, usec(now));
	debts->more =
		debts->more || end == DEBTS_HOPELESS || (end == DEBTS_FAILED && debts->more_taken);
}

/* ---- the list and the book ------------------------------------------------------ */

bool debts_check(struct debts *debts)
{
	const struct hints *hints = &debts->hints;
	int n = debts_count(debts);

	if (hints->n != n)
		return wrong(debts, "%d are in the list of %d", hints->n, n);
	for (int i = 0; i < hints->n; i++) {
		const struct hint *hint = &hints->list[i];
		const struct debt *debt = &debts->list[number_of(hint)];
		bool second = i >= hints->taken && debt->taken;

		if (!(second ? debt->again : debt->is))
			return wrong(debts, "nobody speaks of %s", hint->id);
		if (hint->message != (second ? debt->message_again : debt->message))
			return wrong(debts, "%s has a message, or has none", hint->id);
		for (int k = second ? hints->taken : 0; k < i; k++)
			if (strcmp(hint->id, hints->list[k].id) == 0)
				return wrong(debts, "%s is there twice", hint->id);
	}
	return hints->more == debts->more ||
	       wrong(debts, "there are more%s",
		     debts->more ? ", and that is forgotten" : ", it says");
}
