/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define DAY (24 * 60 * MINUTE)

/* After failures: ten seconds, twenty, forty, ... */
#define FIRST_RETRY (10 * SECOND)
#define LAST_RETRY (10 * MINUTE)

/* Full sweeps of many workspaces are spread over so much of the night. */
#define NIGHT (30 * MINUTE)

/* First cycles are spread over an interval, but nobody waits longer than this for one. */
#define LONGEST_START (5 * MINUTE)

/*
 * A total that cannot be explained brings the verify forward, but not more often than this; while a
 * difference stays, twice as late each time, until verifies come as they are configured.
 */
#define SOONEST_VERIFY MINUTE

static int64_t interval(const struct schedule *s, enum cycle_kind kind)
{
	return kind == CYCLE_INCREMENTAL ? s->conf.incremental : s->conf.verify;
}

/* Part of a stretch, by the workspace's place. */
static int64_t share(const struct schedule *s, int64_t stretch)
{
	return (int64_t)(s->conf.place * (double)stretch);
}

/* ---- the full sweep --------------------------------------------------- */

bool schedule_wants_night(const struct schedule *s)
{
	return s->facts.loaded && s->night == TIME_NONE;
}

void schedule_set_night(struct schedule *s, int64_t night)
{
	s->night = night;
}

int64_t schedule_night_delay(const struct schedule *s)
{
	return share(s, NIGHT);
}

/* When everything is to be read next, by the calendar; long ago if that was missed. */
static int64_t next_full(const struct schedule *s)
{
	int64_t at = s->night == TIME_NONE ? TIME_NEVER : s->night;

	return s->facts.retry_at != TIME_NONE ? min_i64(at, s->facts.retry_at) : at;
}

/* Everything was read, as far as is known, at the instant AT: another night follows. */
static void set_full(struct schedule *s, int64_t at)
{
	s->facts.full_at = at;
	s->night = TIME_NONE;
}

/* ---- due instants ----------------------------------------------------- */

/* How long after a verify the next one may be brought forward to. */
static int64_t soonest(const struct schedule *s)
{
	int64_t wait = SOONEST_VERIFY;

	for (int i = 1; i < s->differed && wait < s->conf.verify; i++)
		wait *= 2;
	return min_i64(wait, max_i64(s->conf.verify, SOONEST_VERIFY));
}

int64_t schedule_due(const struct schedule *s, enum cycle_kind kind,
		     const struct schedule_time *now)
{
	int64_t due = s->due[kind];

	if (kind != CYCLE_INCREMENTAL && !s->facts.loaded)
		return TIME_NEVER;
	if (kind == CYCLE_MESSAGES && !s->facts.messages)
		return TIME_NEVER;
	if (kind == CYCLE_FULL) {
		due = next_full(s);
		if (due != TIME_NEVER)
			due = now->mono + (due - now->real);
	}
	if (kind == CYCLE_VERIFY && s->facts.audit_due)
		due = min_i64(due, s->verified == TIME_NONE ? now->mono : s->verified + soonest(s));
	return max_i64(due, s->not_before[kind]);
}

/* Of all kinds but messages the one that comes next, and when. */
static enum cycle_kind first_of_others(const struct schedule *s, const struct schedule_time *now,
				       int64_t *when)
{
	enum cycle_kind next = CYCLE_INCREMENTAL;

	*when = TIME_NEVER;
	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++) {
		int64_t due = schedule_due(s, (enum cycle_kind)kind, now);

		if (kind == CYCLE_MESSAGES || due >= *when)
			continue;
		*when = due;
		next = (enum cycle_kind)kind;
	}
	return next;
}

int64_t schedule_others(const struct schedule *s, const struct schedule_time *now)
{
	int64_t when;

	(void)first_of_others(s, now, &when);
	return when;
}

enum cycle_kind schedule_next(const struct schedule *s, const struct schedule_time *now,
			      int64_t *when)
{
	enum cycle_kind next = first_of_others(s, now, when);
	int64_t messages = schedule_due(s, CYCLE_MESSAGES, now);

	if (*when <= now->mono || messages >= *when)
		return next;
	*when = messages;
	return CYCLE_MESSAGES;
}

/* ---- events ----------------------------------------------------------- */

/* The first verify after a start, or a first load: when it would have come without one. */
static int64_t first_verify(const struct schedule *s, const struct schedule_time *now)
{
	int64_t half = s->conf.verify / 2, last = s->facts.verify_at;

	if (last == TIME_NONE || last > now->real)
		return now->mono + half + share(s, half);
	/* It may have been missed: not all workspaces catch up at once. */
	return max_i64(now->mono + (last + s->conf.verify - now->real),
		       now->mono + share(s, min_i64(s->conf.verify, LONGEST_START)));
}

static void put(struct schedule *s, enum cycle_kind kind, int64_t at)
{
	s->timetable[kind] = s->due[kind] = at;
}

void schedule_begin(struct schedule *s, const struct schedule_conf *conf,
		    const struct schedule_facts *facts, const struct schedule_time *now)
{
	*s = (struct schedule){
		.conf = *conf, .facts = *facts, .night = TIME_NONE, .verified = TIME_NONE
	};
	s->chance = (uint32_t)(conf->place * 4294967295.0) ^ (uint32_t)now->real;
	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++) {
		s->due[kind] = TIME_NEVER;
		s->not_before[kind] = TIME_NONE;
	}
	put(s, CYCLE_INCREMENTAL, now->mono + share(s, min_i64(conf->incremental, LONGEST_START)));
	put(s, CYCLE_VERIFY, first_verify(s, now));
	s->due[CYCLE_MESSAGES] = now->mono;
}

void schedule_change(struct schedule *s, const struct schedule_conf *conf,
		     const struct schedule_time *now)
{
	double place = s->conf.place;

	s->conf = *conf;
	s->conf.place = place;
	s->night = TIME_NONE;
	for (int kind = CYCLE_INCREMENTAL; kind <= CYCLE_VERIFY; kind++)
		put(s, (enum cycle_kind)kind,
		    min_i64(s->due[kind], now->mono + interval(s, (enum cycle_kind)kind)));
}

void schedule_learn(struct schedule *s, const struct schedule_facts *facts,
		    const struct schedule_time *now)
{
	bool was = s->facts.loaded;

	if (facts->full_at != s->facts.full_at)
		s->night = TIME_NONE;
	s->facts = *facts;
	if (!was && facts->loaded)
		put(s, CYCLE_VERIFY, first_verify(s, now));
}

/* A number below MOST; any will do. */
static int64_t any(struct schedule *s, int64_t most)
{
	s->chance = s->chance * 1664525u + 1013904223u;
	return most > 0 ? (int64_t)(s->chance >> 8) * most / (1 << 24) : 0;
}

/*
 * To the next place on the timetable after now. A little chance keeps us apart from jobs that
 * others start every minute; it does not add up.
 */
static void move_on(struct schedule *s, enum cycle_kind kind, int64_t mono)
{
	int64_t step = interval(s, kind), timetable = min_i64(s->timetable[kind], mono);

	s->timetable[kind] = timetable + ((mono - timetable) / step + 1) * step;
	s->due[kind] = s->timetable[kind] + any(s, step / 20);
}

void schedule_began(struct schedule *s, enum cycle_kind kind, const struct schedule_time *now)
{
	/* A clock that was far ahead when everything was read must not put that off for long. */
	if (s->facts.full_at > now->real + DAY)
		set_full(s, now->real);
	if (kind == CYCLE_VERIFY)
		s->verified = now->mono;
	if (kind == CYCLE_INCREMENTAL || kind == CYCLE_VERIFY)
		move_on(s, kind, now->mono);
	else
		s->due[kind] = TIME_NEVER;
}

void schedule_hint(struct schedule *s, int64_t at)
{
	s->due[CYCLE_HINTED] = at;
}

static void failed(struct schedule *s, enum cycle_kind kind, int64_t mono)
{
	int64_t wait = FIRST_RETRY, most = LAST_RETRY;

	/* Nobody should wait much longer for changes than they do anyway. */
	if (kind == CYCLE_INCREMENTAL)
		most = min_i64(most, max_i64(s->conf.incremental, MINUTE));
	for (int i = 0; i < s->failures[kind] && wait < most; i++)
		wait *= 2;
	s->failures[kind]++;
	wait = min_i64(wait, most);
	s->not_before[kind] = mono + wait;
	if (kind == CYCLE_MESSAGES)
		s->due[kind] = mono + wait;
	/* A kind that comes seldom is tried again sooner than its next time. */
	if (kind == CYCLE_INCREMENTAL || kind == CYCLE_VERIFY)
		s->due[kind] = min_i64(s->due[kind], mono + wait);
	/* A repair is given up: the next verify sees whether it is still needed. */
}

void schedule_ended(struct schedule *s, enum cycle_kind kind, const struct schedule_end *end,
		    const struct schedule_time *now)
{
	if (!end->ok) {
		failed(s, kind, now->mono);
		return;
	}
	s->failures[kind] = 0;
	s->not_before[kind] = end->rest > 0 ? end->rest : TIME_NONE;
	/* The cycle that ended may have made messages due. */
	s->due[CYCLE_MESSAGES] = kind != CYCLE_MESSAGES || end->more ? now->mono : TIME_NEVER;
	if (end->full)
		set_full(s, now->real);
	if (kind != CYCLE_VERIFY)
		return;
	s->due[CYCLE_REPAIR] = end->different ? now->mono : TIME_NEVER;
	s->differed = end->different ? s->differed + 1 : 0;
}

void schedule_again(struct schedule *s, enum cycle_kind kind, const struct schedule_time *now)
{
	s->due[kind] = now->mono;
	s->not_before[kind] = TIME_NONE;
}
