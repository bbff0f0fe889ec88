/* SPDX-License-Identifier: MIT */
#include "work.h"

void work_commit(struct work *work, struct action *action, enum seen_by seen, int scan)
{
	action->kind = ACTION_COMMIT;
	action->seen = seen;
	action->scan = scan;
	work->waiting = true;
}

void work_commit_aside(struct work *work, struct action *action, enum seen_by seen, int scan)
{
	action->kind = ACTION_COMMIT;
	action->seen = seen;
	action->scan = scan;
	work->committing = true;
}

void work_ask(struct work *work, struct action *action, struct ask ask)
{
	action->kind = ACTION_ASK;
	action->ask = ask;
	work->waiting = true;
}

void work_send(struct work *work, struct action *action, const struct request *request)
{
	action->kind = ACTION_SEND;
	action->request = *request;
	work->waiting = true;
}

void work_done(struct action *action, enum verdict verdict)
{
	action->kind = ACTION_DONE;
	action->verdict = verdict;
}

bool work_committed(struct work *work)
{
	if (work->committing) {
		work->committing = false;
		return false;
	}
	work->waiting = false;
	return true;
}
