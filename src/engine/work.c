/* SPDX-License-Identifier: MIT */
#include "work.h"

void work_commit(struct work *work, struct act *act, enum seen_by seen, int scan)
{
	act->kind = ACT_COMMIT;
	act->seen = seen;
	act->scan = scan;
	work->waiting = true;
}

void work_commit_aside(struct work *work, struct act *act, enum seen_by seen, int scan)
{
	act->kind = ACT_COMMIT;
	act->seen = seen;
	act->scan = scan;
	work->committing = true;
}

void work_ask(struct work *work, struct act *act, struct ask ask)
{
	act->kind = ACT_ASK;
	act->ask = ask;
	work->waiting = true;
}

void work_send(struct work *work, struct act *act, const struct request *request)
{
	act->kind = ACT_SEND;
	act->request = *request;
	work->waiting = true;
}

void work_done(struct act *act, enum verdict verdict)
{
	act->kind = ACT_DONE;
	act->verdict = verdict;
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
