/* SPDX-License-Identifier: MIT */
#include "proofs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "engine.h"

#define LOOKBACK 120
#define PAGE 100
#define MOST_ROWS 60000
#define MOST_CHANGES 40000

/* One request takes so many seconds under the quota of the smallest plan. */
#define REQUEST 1.25

/* After so many seconds beside two full sweeps of two passes a proof comes too late. */
#define PATIENCE 900

enum by { BY_ID, BY_MESSAGE, BY_PRIORITY, BYS };

static const char *const orders[BYS] = { "id", "last message", "priority" };

enum change_kind { CREATED, UPDATED, DELETED };

/* What happens, and when; `id` is not known before it does. */
struct change {
	double at;
	enum change_kind kind;
	int id;
	uint32_t place;
};

/* A machine that answers: the list as it is there. */
struct machine {
	double lag;
	int next, n; /* change to be made; rows */
	int list[MOST_ROWS];
};

struct row_facts {
	double created, deleted; /* deleted: HUGE_VAL while it is there */
	double view;		 /* its state is held as of this; negative: it is not held */
	double since; /* the batch began in which the sweep saw it last; negative: none */
	double first_seen;
	unsigned passes;
};

struct kind {
	enum by by;
	int rows;
	double every, deletes; /* seconds from one creation, or deletion, to the next; 0: never */
	int lag;
};

static struct {
	struct kind kind;
	struct chance luck;
	double now;
	struct change changes[MOST_CHANGES];
	int n_changes, n_rows;
	struct machine machines[2];
	struct row_facts rows[MOST_ROWS];
	struct workspace_state state;
	struct engine engine;
	struct page page;
	int shown[PAGE], staged[MOST_ROWS], n_staged;
	double viewed, batch; /* of the page; when the batch began */
	int asked[IDS_MOST + 1];
} m;

/* ---- the world ------------------------------------------------------- */

static double uniform(void)
{
	return (double)(chance_next(&m.luck) >> 11) / 9007199254740992.0;
}

static double waits(double mean)
{
	return -mean * log(1 - uniform());
}

static int by_time(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	return a->at < b->at ? -1 : a->at > b->at;
}

static void add_changes(enum change_kind kind, double mean, double until)
{
	for (double t = -3.0 * LOOKBACK + waits(mean); t < until && m.n_changes < MOST_CHANGES;
	     t += waits(mean))
		m.changes[m.n_changes++] = (struct change){
			.at = t, .kind = kind, .place = (uint32_t)chance_next(&m.luck)
		};
}

static void take_out(struct machine *machine, int id)
{
	int i = 0;

	while (i < machine->n && machine->list[i] != id)
		i++;
	if (i == machine->n)
		return;
	machine->n--;
	memmove(machine->list + i, machine->list + i + 1,
		(size_t)(machine->n - i) * sizeof(*machine->list));
}

static void put_in(struct machine *machine, int id, uint32_t place)
{
	int at = machine->n;

	if (m.kind.by == BY_MESSAGE)
		at = 0;
	else if (m.kind.by == BY_PRIORITY)
		at = (int)(place % (uint32_t)(machine->n + 1));
	memmove(machine->list + at + 1, machine->list + at,
		(size_t)(machine->n - at) * sizeof(*machine->list));
	machine->list[at] = id;
	machine->n++;
}

/* Brings a machine to what it shows at T. */
static void follow(struct machine *machine, double t)
{
	for (; machine->next < m.n_changes && m.changes[machine->next].at <= t; machine->next++) {
		const struct change *c = &m.changes[machine->next];

		if (c->kind != CREATED && (c->kind == DELETED || m.kind.by != BY_ID))
			take_out(machine, c->id);
		if (c->kind == CREATED || (c->kind == UPDATED && m.kind.by != BY_ID))
			put_in(machine, c->id, c->place);
	}
}

/* Which conversation each change happens to. */
static void choose_ids(void)
{
	for (int i = 0; i < m.n_changes; i++) {
		struct change *c = &m.changes[i];

		if (c->kind == CREATED) {
			c->id = m.n_rows;
			m.rows[m.n_rows++] = (struct row_facts){ .created = c->at };
		} else {
			do
				c->id = chance_below(&m.luck, m.n_rows);
			while (m.rows[c->id].deleted > 0);
			if (c->kind == DELETED)
				m.rows[c->id].deleted = c->at;
		}
	}
}

static void begin_world(const struct kind *kind, uint64_t seed)
{
	double until = 6.0 * kind->rows / PAGE * REQUEST + 2 * PATIENCE;

	m.kind = *kind;
	m.luck = chance_stream(seed, 99);
	m.n_changes = 0;
	m.n_rows = kind->rows;
	for (int i = 0; i < m.n_rows; i++)
		m.rows[i] = (struct row_facts){ .created = -1e6 * (1 + uniform()) };
	add_changes(CREATED, kind->every, until);
	add_changes(UPDATED, kind->every, until);
	if (kind->deletes > 0)
		add_changes(DELETED, kind->deletes, until);
	qsort(m.changes, (size_t)m.n_changes, sizeof(*m.changes), by_time);
	choose_ids();
	for (int i = 0; i < m.n_rows; i++) {
		struct row_facts *row = &m.rows[i];

		row->deleted = row->deleted == 0 ? HUGE_VAL : row->deleted;
		row->view = row->since = -HUGE_VAL;
		row->passes = 0;
	}
	for (int k = 0; k < 2; k++) {
		m.machines[k].lag = k * kind->lag;
		m.machines[k].next = 0;
		m.machines[k].n = kind->rows;
		for (int i = 0; i < kind->rows; i++)
			m.machines[k].list[i] = i;
	}
}

static struct machine *answering(void)
{
	struct machine *machine = &m.machines[m.kind.lag > 0 && chance_hit(&m.luck, 500)];

	m.now += REQUEST;
	follow(machine, m.now - machine->lag);
	return machine;
}

static int64_t usec(double t)
{
	return (int64_t)floor(t) * USEC_PER_SEC + 1000000000 * USEC_PER_SEC;
}

/* ---- the API --------------------------------------------------------- */

static void list(const struct request *request)
{
	const struct machine *machine = answering();
	int from = (request->page - 1) * request->per_page;
	bool filtered = request->filter.status != STATUS_ANY;

	m.viewed = m.now - machine->lag;
	m.page = (struct page){ .date = usec(m.now),
				.total = machine->n,
				.page = request->page,
				.per_page = request->per_page };
	/* One status has them all. */
	if (filtered && request->filter.status != STATUS_OPEN)
		m.page.total = 0;
	for (int i = from; !filtered && i < from + request->per_page && i < machine->n; i++) {
		m.shown[m.page.n] = machine->list[i];
		m.page.rows[m.page.n++] = (struct row){
			.id = (uint64_t)machine->list[i] + 1,
			.created_at = usec(m.rows[machine->list[i]].created),
			.updated_at = usec(m.rows[machine->list[i]].created),
		};
	}
}

static void stage(int id)
{
	struct row_facts *row = &m.rows[id];

	if (m.n_staged == 0)
		m.batch = m.now;
	if (row->view == -HUGE_VAL)
		row->first_seen = m.now;
	row->view = fmax(row->view, m.viewed);
	m.staged[m.n_staged++] = id;
}

static void get(int item)
{
	const struct machine *machine = answering();
	int id = m.asked[item];
	bool here = m.rows[id].deleted > m.now - machine->lag;

	m.viewed = m.now - machine->lag;
	if (here)
		stage(id);
	engine_item(&m.engine, here ? ITEM_HERE : ITEM_GONE, usec(m.rows[id].created));
}

/* ---- the warehouse --------------------------------------------------- */

static void commit(enum seen_by seen)
{
	struct tally tally = { .late_by = TIME_NONE };

	for (int i = 0; i < m.n_staged && seen == SEEN_BY_SWEEP; i++) {
		m.rows[m.staged[i]].since = m.batch;
		m.rows[m.staged[i]].passes |= 1u << m.engine.state.full.pass;
	}
	m.n_staged = 0;
	for (int i = 0; i < m.n_rows; i++)
		tally.live += m.rows[i].view > -HUGE_VAL;
	m.state = m.engine.state;
	engine_committed(&m.engine, &tally);
}

static void see(const struct ask *ask, struct answer *answer)
{
	for (int i = 0; i < m.n_rows; i++) {
		const struct row_facts *row = &m.rows[i];
		bool seen = ask->pass ? row->passes & 1u << ask->pass : row->passes;

		answer->n[0] += seen && usec(row->created) < ask->before;
		answer->n[1] += row->view > -HUGE_VAL && !row->passes;
	}
}

static void group(struct curve_seen *seen, int64_t since)
{
	int i = 0;

	while (i < seen->groups && seen->group[i].since != since)
		i++;
	if (i == SIGHTINGS_MOST)
		return;
	if (i == seen->groups) {
		seen->group[i].since = since;
		seen->group[i].n = 0;
		seen->groups++;
	}
	seen->group[i].n++;
}

static void tell_curve(const struct ask *ask, struct curve_seen *seen)
{
	/* Who was created later has a higher number. */
	for (int i = 0; i < m.n_rows; i++) {
		const struct row_facts *row = &m.rows[i];

		if (!row->passes)
			continue;
		if (usec(row->created) < ask->before) {
			group(seen, usec(row->since));
		} else if (seen->births < BIRTHS_MOST) {
			seen->birth[seen->births].since = usec(row->since);
			seen->birth[seen->births++].created = usec(row->created);
		}
	}
}

static void suspects(const struct ask *ask, struct answer *answer)
{
	for (int i = 0; i < m.n_rows; i++)
		if (m.rows[i].view > -HUGE_VAL && !m.rows[i].passes &&
		    usec(m.rows[i].created) <= ask->settled && answer->ids < ask->most)
			m.asked[answer->ids++] = i;
	for (int i = 0; i < m.n_rows && !answer->control; i++) {
		answer->control = m.rows[i].passes && m.rows[i].deleted == HUGE_VAL;
		m.asked[answer->ids] = i;
	}
}

static void ask(const struct ask *ask)
{
	static struct answer answer;

	memset(&answer, 0, sizeof(answer));
	answer.live = m.state.live;
	if (ask->kind == ASK_SEEN)
		see(ask, &answer);
	else if (ask->kind == ASK_CURVE)
		tell_curve(ask, &answer.seen);
	else if (ask->kind == ASK_SUSPECTS)
		suspects(ask, &answer);
	engine_answer(&m.engine, &answer);
}

/* ---- a story --------------------------------------------------------- */

static void sweep(void)
{
	struct engine_conf conf = { .kind = CYCLE_FULL, .ahead = 1, .now = usec(m.now) };
	struct action action = { .kind = ACTION_WAIT };

	for (int i = 0; i < m.n_rows; i++)
		m.rows[i].passes = 0;
	m.n_staged = 0;
	engine_begin(&m.engine, &conf, &m.state);
	while (action.kind != ACTION_DONE) {
		engine_next(&m.engine, m.n_staged >= 4 * PAGE, &action);
		if (action.kind == ACTION_COMMIT) {
			commit(action.seen);
		} else if (action.kind == ACTION_ASK) {
			ask(&action.ask);
		} else if (action.kind == ACTION_SEND && action.request.kind == REQUEST_GET) {
			get(action.request.item);
		} else if (action.kind == ACTION_SEND) {
			list(&action.request);
			for (int i = 0; i < m.page.n; i++)
				stage(m.shown[i]);
			engine_page(&m.engine, &m.page);
		}
	}
}

/* Whether something that should be here is not, or is not as it was then. */
static bool lies(void)
{
	int64_t complete = m.state.complete_as_of;

	for (int i = 0; i < m.n_changes && usec(m.changes[i].at) <= complete; i++) {
		const struct row_facts *row = &m.rows[m.changes[i].id];

		if (row->deleted > m.now && m.changes[i].kind != DELETED &&
		    row->view < m.changes[i].at)
			return true;
	}
	for (int i = 0; i < m.kind.rows; i++)
		if (m.rows[i].deleted > m.now && m.rows[i].view == -HUGE_VAL)
			return true;
	return false;
}

/* When it was proven, in seconds; negative: not in time. */
static double play(const struct kind *kind, uint64_t seed)
{
	double deadline = 4 * ceil((double)kind->rows / PAGE) * REQUEST + PATIENCE;
	struct request count = { .kind = REQUEST_LIST, .page = 1, .per_page = 1 };

	begin_world(kind, seed);
	m.now = 0;
	m.state = (struct workspace_state){ .watermark = TIME_NONE,
					    .complete_as_of = TIME_NONE,
					    .active_as_of = TIME_NONE,
					    .certified_at = TIME_NONE,
					    .tried_at = TIME_NONE,
					    .late_at = TIME_NONE,
					    .late_by = TIME_NONE,
					    .lookback = LOOKBACK * USEC_PER_SEC,
					    .lookback_configured = LOOKBACK * USEC_PER_SEC,
					    .per_page = PAGE,
					    .needs_full = FULL_FIRST_LOAD };
	while (m.now < deadline && m.state.certified_at == TIME_NONE) {
		if (usec(m.now) >= plan_retry(&m.state)) {
			sweep();
			m.state.tried_at = usec(m.now);
			continue;
		}
		/* What a cycle between the sweeps adds: one count. */
		m.now += 60 - REQUEST;
		list(&count);
		workspace_state_note_total(&m.state, &m.page);
	}
	return m.state.certified_at != TIME_NONE && m.now <= deadline ? m.now : -1;
}

static int by_size(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

/* Plays one kind, and prints its row. Returns how many proofs were false. */
static int play_kind(const struct kind *kind, uint64_t n)
{
	double *took = calloc(n, sizeof(*took));
	uint64_t proven = 0, wrong = 0;

	for (uint64_t seed = 1; took && seed <= n; seed++) {
		double t = play(kind, seed);

		if (m.state.certified_at != TIME_NONE)
			wrong += lies();
		if (t >= 0)
			took[proven++] = t;
	}
	if (proven > 0)
		qsort(took, proven, sizeof(*took), by_size);
	printf("| %s | %d | %.0f s | %s | %d s | %.1f %% | %.0f min | %d |\n", orders[kind->by],
	       kind->rows, kind->every, kind->deletes > 0 ? "10 min" : "none", kind->lag,
	       100.0 * (double)proven / (double)n, proven ? took[proven / 2] / 60 : 0, (int)wrong);
	fflush(stdout);
	free(took);
	return (int)wrong;
}

int proofs_play(uint64_t n)
{
	static const int sizes[] = { 3000, 50000 }, lags[] = { 0, 5, 30, 60 };
	static const double rates[] = { 10, 60, 120 };
	int wrong = 0;

	printf("| order | conversations | a creation each | a deletion each | a machine is behind "
	       "| "
	       "proven in time | median | false |\n|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_SIZE(sizes) * BYS * ARRAY_SIZE(rates); i++) {
		struct kind kind = { .by = (enum by)(i / ARRAY_SIZE(rates) % BYS),
				     .rows = sizes[i / ARRAY_SIZE(rates) / BYS],
				     .every = rates[i % ARRAY_SIZE(rates)] };

		wrong += play_kind(&kind, n);
		kind.deletes = 600;
		for (size_t lag = 0; lag < ARRAY_SIZE(lags); lag++) {
			kind.lag = lags[lag];
			wrong += play_kind(&kind, n);
		}
	}
	return wrong;
}
