/* SPDX-License-Identifier: MIT */
/*
 * What is due comes when it should: on a table, once a night, and nobody waits
 * for ever. Weeks are simulated.
 */
#include "unit.h"

#include <string.h>

#include "schedule.h"
#include "time_format.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static int64_t date(int year, int month, int day)
{
	return time_day(year, month, day) * DAY;
}

/* Of Jakarta; a time zone whose clocks are never moved. */
#define WIB (7 * HOUR)

/* A workspace and its clocks; the machine was started ten days before. */
struct sim {
	struct schedule schedule;
	struct schedule_conf conf;
	struct schedule_time now;
	int64_t duration[CYCLE_SCHEDULED]; /* of a cycle */
	int runs[CYCLE_SCHEDULED];
	int64_t offset; /* of its time zone, */
	int nights;	/* and how often it was asked for the next night */
};

/* As the warehouse does it (tests/e2e/test_schedule.py): 02:30, and its place in the night. */
static void find_night(struct sim *sim)
{
	int64_t delay = 150 * MINUTE + schedule_night_delay(&sim->schedule) - sim->offset;
	int64_t since = max_i64(sim->schedule.facts.full_at, sim->now.real - 2 * DAY);

	if (!schedule_wants_night(&sim->schedule))
		return;
	sim->nights++;
	schedule_set_night(&sim->schedule, ((since - delay) / DAY + 1) * DAY + delay);
	assert_false(schedule_wants_night(&sim->schedule));
}

static int64_t full_due(struct sim *sim)
{
	find_night(sim);
	return schedule_due(&sim->schedule, CYCLE_FULL, &sim->now);
}

static struct sim sim_at(int64_t real, int64_t offset, double place)
{
	struct sim sim = {
		.now = { 10 * DAY, real },
		.conf = { .incremental = MINUTE, .verify = 15 * MINUTE, .place = place },
		.offset = offset,
		.duration = { 2 * SECOND, SECOND, 5 * SECOND, 10 * MINUTE },
	};
	struct schedule_facts facts = { .loaded = true,
					.full_at = real - HOUR,
					.verify_at = real - MINUTE,
					.retry_at = TIME_NONE };

	schedule_begin(&sim.schedule, &sim.conf, &facts, &sim.now);
	return sim;
}

static void pass(struct sim *sim, int64_t usec)
{
	sim->now.mono += usec;
	sim->now.real += usec;
}

/* Sleeps until something is due. */
static enum cycle_kind sleep_until_due(struct sim *sim)
{
	int64_t when;
	enum cycle_kind kind;

	find_night(sim);
	kind = schedule_next(&sim->schedule, &sim->now, &when);
	assert_int_not_equal(when, TIME_NEVER);
	if (when > sim->now.mono) {
		pass(sim, when - sim->now.mono);
		kind = schedule_next(&sim->schedule, &sim->now, &when);
		assert_true(when <= sim->now.mono);
	}
	return kind;
}

static void run(struct sim *sim, enum cycle_kind kind, bool ok)
{
	struct schedule_end end = { .ok = ok, .full = kind == CYCLE_FULL };

	schedule_began(&sim->schedule, kind, &sim->now);
	pass(sim, sim->duration[kind]);
	schedule_ended(&sim->schedule, kind, &end, &sim->now);
	sim->runs[kind]++;
}

/* ---- the night -------------------------------------------------------- */

static void a_night_that_was_missed_is_made_up_for_once(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4), WIB, 0);
	struct schedule_facts facts = { .loaded = true,
					.full_at = sim.now.real - 5 * DAY,
					.verify_at = sim.now.real,
					.retry_at = TIME_NONE };
	int64_t before;

	(void)fixture;
	schedule_begin(&sim.schedule, &sim.conf, &facts, &sim.now);
	assert_int_equal(sleep_until_due(&sim), CYCLE_FULL);
	before = sim.now.real;
	run(&sim, CYCLE_FULL, true);
	while (sim.runs[CYCLE_FULL] < 2)
		run(&sim, sleep_until_due(&sim), true);
	/* It was 07:00; the next one is that of 02:30. */
	assert_true(sim.now.real - before > 19 * HOUR);
}

static void a_first_load_in_the_night_is_that_nights_sweep(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 18 * HOUR, WIB, 0);
	struct schedule_facts facts = {
		.loaded = false, .full_at = TIME_NONE, .verify_at = TIME_NONE, .retry_at = TIME_NONE
	};
	struct schedule_end end = { .ok = true, .full = true };

	(void)fixture;
	schedule_begin(&sim.schedule, &sim.conf, &facts, &sim.now);
	assert_int_equal(sleep_until_due(&sim), CYCLE_INCREMENTAL);
	assert_int_equal(full_due(&sim), TIME_NEVER);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_VERIFY, &sim.now), TIME_NEVER);
	schedule_began(&sim.schedule, CYCLE_INCREMENTAL, &sim.now);
	pass(&sim, 3 * HOUR); /* from 01:00 to 04:00 */
	schedule_ended(&sim.schedule, CYCLE_INCREMENTAL, &end, &sim.now);
	facts = sim.schedule.facts;
	facts.loaded = true;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_int_equal(full_due(&sim) - sim.now.mono, 22 * HOUR + 30 * MINUTE);
}

static void a_zone_that_changes_moves_the_night(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 10 * HOUR, WIB, 0);
	int64_t before = full_due(&sim);

	(void)fixture;
	sim.offset = 9 * HOUR;
	assert_int_equal(full_due(&sim), before);
	schedule_change(&sim.schedule, &sim.conf, &sim.now);
	assert_int_equal(before - full_due(&sim), 2 * HOUR);
}

/* And the warehouse is asked but once for each. */
static void one_full_sweep_a_night(void **fixture)
{
	struct sim sim = sim_at(date(2027, 1, 10) + 5 * HOUR, WIB, 0.7);
	int64_t until = sim.now.real + 40 * DAY, before = sim.now.real - 10 * HOUR;

	(void)fixture;
	for (;;) {
		enum cycle_kind kind = sleep_until_due(&sim);
		int64_t wall = (sim.now.real + WIB) % DAY;

		if (sim.now.real > until)
			break;
		if (kind == CYCLE_FULL) {
			/* A cycle of another kind may be under way when it is due. */
			assert_in_range(wall / MINUTE, 150 + 21, 150 + 22);
			assert_in_range((sim.now.real - before + MINUTE) / HOUR, 23, 24);
			before = sim.now.real;
		}
		run(&sim, kind, true);
	}
	assert_int_equal(sim.runs[CYCLE_FULL], 40);
	assert_int_equal(sim.nights, 41);
}

static void a_night_that_is_not_known_is_waited_for(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, WIB, 0);
	struct schedule_facts facts = sim.schedule.facts;

	(void)fixture;
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_FULL, &sim.now), TIME_NEVER);
	assert_true(full_due(&sim) < TIME_NEVER);
	/* Another daemon read everything meanwhile. */
	facts.full_at = sim.now.real;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_true(schedule_wants_night(&sim.schedule));
	/* Before a first load there are no nights. */
	facts.loaded = false;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_false(schedule_wants_night(&sim.schedule));
}

/* ---- the calendar jumps ------------------------------------------------ */

static void a_clock_that_jumps_makes_no_storm(void **fixture)
{
	static const int64_t jumps[] = { HOUR, -HOUR, 365 * DAY, -365 * DAY, 3 * DAY, -3 * DAY };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(jumps); i++) {
		struct sim sim = sim_at(date(2027, 7, 1) + 12 * HOUR, WIB, 0);
		int64_t from;

		for (int n = 0; n < 100; n++)
			run(&sim, sleep_until_due(&sim), true);
		sim.now.real += jumps[i];
		memset(sim.runs, 0, sizeof(sim.runs));
		from = sim.now.mono;
		while (sim.now.mono < from + 3 * DAY)
			run(&sim, sleep_until_due(&sim), true);
		assert_in_range(sim.runs[CYCLE_FULL], 2, 4);
		assert_in_range(sim.runs[CYCLE_VERIFY], 3 * 96 - 8, 3 * 96 + 2);
		assert_in_range(sim.runs[CYCLE_INCREMENTAL], 3 * 1380, 3 * 1440 + 2);
	}
}

/* ---- the table ---------------------------------------------------------- */

static void the_grid_is_kept(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4), 0, 0);
	int64_t from = sim.now.mono;

	(void)fixture;
	while (sim.now.mono < from + DAY)
		run(&sim, sleep_until_due(&sim), true);
	/* Ten minutes of the night belong to the full sweep. */
	assert_in_range(sim.runs[CYCLE_INCREMENTAL], 1428, 1441);
	assert_in_range(sim.runs[CYCLE_VERIFY], 95, 97);
	assert_int_equal(sim.runs[CYCLE_FULL], 1);
}

static void the_first_cycles_of_many_are_spread(void **fixture)
{
	int64_t previous = 0;

	(void)fixture;
	for (int i = 0; i < 100; i++) {
		struct sim sim = sim_at(date(2027, 5, 4), 0, i / 100.0);
		int64_t due =
			schedule_due(&sim.schedule, CYCLE_INCREMENTAL, &sim.now) - sim.now.mono;

		assert_true(i == 0 ? due == 0 : due >= previous + 590 * USEC_PER_MSEC);
		assert_true(due < MINUTE);
		previous = due;
	}
}

static void they_stay_spread(void **fixture)
{
	struct sim sims[20];
	int most = 0, seconds[60] = { 0 };

	(void)fixture;
	for (int i = 0; i < 20; i++) {
		int64_t from;

		sims[i] = sim_at(date(2027, 5, 4), 0, i / 20.0);
		sims[i].duration[CYCLE_INCREMENTAL] = 200 * USEC_PER_MSEC;
		from = sims[i].now.mono;
		while (sims[i].now.mono < from + 6 * HOUR)
			run(&sims[i], sleep_until_due(&sims[i]), true);
		while (sleep_until_due(&sims[i]) != CYCLE_INCREMENTAL)
			run(&sims[i], sleep_until_due(&sims[i]), true);
		seconds[sims[i].now.mono / SECOND % 60]++;
	}
	for (int i = 0; i < 60; i++)
		most = seconds[i] > most ? seconds[i] : most;
	assert_true(most <= 4);
}

static void what_was_missed_is_done_once(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);

	(void)fixture;
	run(&sim, sleep_until_due(&sim), true);
	pass(&sim, HOUR); /* the machine slept */
	sim.runs[CYCLE_INCREMENTAL] = sim.runs[CYCLE_VERIFY] = 0;
	for (int64_t until = sim.now.mono + 50 * SECOND; sim.now.mono < until;)
		run(&sim, sleep_until_due(&sim), true);
	assert_in_range(sim.runs[CYCLE_INCREMENTAL], 1, 2);
	assert_int_equal(sim.runs[CYCLE_VERIFY], 1);
}

static void cycles_longer_than_their_interval_starve_nothing(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	int64_t from = sim.now.mono;

	(void)fixture;
	sim.duration[CYCLE_INCREMENTAL] = 3 * MINUTE;
	while (sim.now.mono < from + 2 * DAY)
		run(&sim, sleep_until_due(&sim), true);
	assert_int_equal(sim.runs[CYCLE_FULL], 2);
	assert_true(sim.runs[CYCLE_VERIFY] > 150);
	assert_true(sim.runs[CYCLE_INCREMENTAL] > 800);
}

/* ---- failures ---------------------------------------------------------- */

static void failures_are_tried_again_later_each_time(void **fixture)
{
	static const int waits[] = { 10, 20, 40, 80, 160, 320, 600, 600, 600 };
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);

	(void)fixture;
	sim.conf.incremental = sim.conf.verify = DAY;
	schedule_begin(&sim.schedule, &sim.conf, &sim.schedule.facts, &sim.now);
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		int64_t ended;

		assert_int_equal(sleep_until_due(&sim), CYCLE_INCREMENTAL);
		run(&sim, CYCLE_INCREMENTAL, false);
		ended = sim.now.mono;
		assert_int_equal(sleep_until_due(&sim), CYCLE_INCREMENTAL);
		assert_int_equal((sim.now.mono - ended) / SECOND, waits[i]);
	}
	run(&sim, CYCLE_INCREMENTAL, true);
	assert_true(schedule_due(&sim.schedule, CYCLE_INCREMENTAL, &sim.now) >
		    sim.now.mono + 20 * HOUR);
}

static void changes_are_tried_for_every_minute_at_the_least(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	int64_t before = sim.now.mono;

	(void)fixture;
	for (int i = 0; i < 30; i++) {
		enum cycle_kind kind = sleep_until_due(&sim);

		if (kind == CYCLE_INCREMENTAL) {
			assert_true(sim.now.mono - before < MINUTE + 10 * SECOND);
			before = sim.now.mono;
		}
		run(&sim, kind, kind != CYCLE_INCREMENTAL);
	}
}

static void a_full_sweep_that_fails_leaves_room_for_changes(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 2 * HOUR, 0, 0);
	int64_t from = sim.now.mono;

	(void)fixture;
	sim.duration[CYCLE_FULL] = MINUTE;
	while (sim.now.mono < from + 12 * HOUR) {
		enum cycle_kind kind = sleep_until_due(&sim);

		run(&sim, kind, kind != CYCLE_FULL);
	}
	assert_in_range(sim.runs[CYCLE_FULL], 50, 75);
	assert_true(sim.runs[CYCLE_INCREMENTAL] > 500);
}

static void a_sweep_that_proved_nothing_is_done_again_when_it_may(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	struct schedule_facts facts = sim.schedule.facts;

	(void)fixture;
	facts.retry_at = sim.now.real + 20 * MINUTE;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_int_equal(full_due(&sim), sim.now.mono + 20 * MINUTE);
	facts.retry_at = TIME_NONE;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_true(full_due(&sim) > sim.now.mono + 14 * HOUR);
}

/* ---- counting ---------------------------------------------------------- */

static void what_cannot_be_explained_is_counted_at_once_but_not_for_ever(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	struct schedule_facts facts = sim.schedule.facts;
	int64_t from = sim.now.mono;

	(void)fixture;
	facts.audit_due = true;
	schedule_learn(&sim.schedule, &facts, &sim.now);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_VERIFY, &sim.now), sim.now.mono);
	while (sim.now.mono < from + 10 * MINUTE)
		run(&sim, sleep_until_due(&sim), true);
	assert_in_range(sim.runs[CYCLE_VERIFY], 8, 12);
}

static void a_difference_that_stays_is_looked_at_later_each_time(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	struct schedule_facts facts = sim.schedule.facts;
	struct schedule_end different = { .ok = true, .different = true };
	int64_t last = TIME_NONE, gap = 0;

	(void)fixture;
	facts.audit_due = true;
	for (int i = 0; i < 8; i++) {
		schedule_learn(&sim.schedule, &facts, &sim.now);
		sim.now.mono =
			max_i64(sim.now.mono, schedule_due(&sim.schedule, CYCLE_VERIFY, &sim.now));
		if (last != TIME_NONE) {
			assert_true(sim.now.mono - last >= gap);
			gap = sim.now.mono - last;
			assert_true(gap <= sim.schedule.conf.verify);
		}
		last = sim.now.mono;
		schedule_began(&sim.schedule, CYCLE_VERIFY, &sim.now);
		schedule_ended(&sim.schedule, CYCLE_VERIFY, &different, &sim.now);
	}
	assert_true(gap >= sim.schedule.conf.verify / 2);
	different.different = false;
	schedule_ended(&sim.schedule, CYCLE_VERIFY, &different, &sim.now);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_VERIFY, &sim.now), last + MINUTE);
}

static void what_differs_is_repaired_at_once_and_once(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);
	struct schedule_end different = { .ok = true, .different = true };

	(void)fixture;
	schedule_began(&sim.schedule, CYCLE_VERIFY, &sim.now);
	schedule_ended(&sim.schedule, CYCLE_VERIFY, &different, &sim.now);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_REPAIR, &sim.now), sim.now.mono);
	schedule_began(&sim.schedule, CYCLE_REPAIR, &sim.now);
	schedule_ended(&sim.schedule, CYCLE_REPAIR, &different, &sim.now);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_REPAIR, &sim.now), TIME_NEVER);
}

static void a_shorter_interval_counts_from_now(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4) + 12 * HOUR, 0, 0);

	(void)fixture;
	sim.conf.incremental = HOUR;
	schedule_begin(&sim.schedule, &sim.conf, &sim.schedule.facts, &sim.now);
	run(&sim, CYCLE_INCREMENTAL, true);
	sim.conf.incremental = MINUTE;
	schedule_change(&sim.schedule, &sim.conf, &sim.now);
	assert_int_equal(schedule_due(&sim.schedule, CYCLE_INCREMENTAL, &sim.now),
			 sim.now.mono + MINUTE);
}

static void kinds_have_names(void **fixture)
{
	(void)fixture;
	assert_string_equal(cycle_kind(CYCLE_INCREMENTAL)->name, "incremental");
	assert_string_equal(cycle_kind(CYCLE_VERIFY)->name, "verify");
	assert_string_equal(cycle_kind(CYCLE_REPAIR)->name, "repair");
	assert_string_equal(cycle_kind(CYCLE_FULL)->name, "full");
}

/* ---- hints ------------------------------------------------------------ */

static void hints_are_due_when_they_are_said_to_be(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4), WIB, 0.5);
	int64_t when;

	(void)fixture;
	assert_true(schedule_due(&sim.schedule, CYCLE_HINTED, &sim.now) == TIME_NEVER);
	schedule_hint(&sim.schedule, sim.now.mono + SECOND);
	assert_int_equal(schedule_next(&sim.schedule, &sim.now, &when), CYCLE_HINTED);
	assert_true(when == sim.now.mono + SECOND);
	pass(&sim, SECOND);
	schedule_began(&sim.schedule, CYCLE_HINTED, &sim.now);
	assert_true(schedule_due(&sim.schedule, CYCLE_HINTED, &sim.now) == TIME_NEVER);
}

static void hints_rest_after_a_cycle_that_took_its_share(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4), WIB, 0.5);
	struct schedule_end end = { .ok = true, .rest = sim.now.mono + 10 * SECOND };

	(void)fixture;
	schedule_began(&sim.schedule, CYCLE_HINTED, &sim.now);
	schedule_ended(&sim.schedule, CYCLE_HINTED, &end, &sim.now);
	schedule_hint(&sim.schedule, sim.now.mono);
	assert_true(schedule_due(&sim.schedule, CYCLE_HINTED, &sim.now) == end.rest);
}

static void a_flood_of_hints_keeps_nothing_else_from_its_turn(void **fixture)
{
	struct sim sim = sim_at(date(2027, 5, 4), WIB, 0);

	(void)fixture;
	sim.duration[CYCLE_HINTED] = SECOND;
	for (int64_t end = sim.now.mono + HOUR; sim.now.mono < end;) {
		schedule_hint(&sim.schedule, sim.now.mono);
		run(&sim, sleep_until_due(&sim), true);
	}
	assert_in_range(sim.runs[CYCLE_INCREMENTAL], 55, 61);
	assert_in_range(sim.runs[CYCLE_VERIFY], 3, 5);
	assert_true(sim.runs[CYCLE_HINTED] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hints_are_due_when_they_are_said_to_be),
		cmocka_unit_test(hints_rest_after_a_cycle_that_took_its_share),
		cmocka_unit_test(a_flood_of_hints_keeps_nothing_else_from_its_turn),
		cmocka_unit_test(one_full_sweep_a_night),
		cmocka_unit_test(a_night_that_is_not_known_is_waited_for),
		cmocka_unit_test(a_night_that_was_missed_is_made_up_for_once),
		cmocka_unit_test(a_first_load_in_the_night_is_that_nights_sweep),
		cmocka_unit_test(a_zone_that_changes_moves_the_night),
		cmocka_unit_test(a_clock_that_jumps_makes_no_storm),
		cmocka_unit_test(the_grid_is_kept),
		cmocka_unit_test(the_first_cycles_of_many_are_spread),
		cmocka_unit_test(they_stay_spread),
		cmocka_unit_test(what_was_missed_is_done_once),
		cmocka_unit_test(cycles_longer_than_their_interval_starve_nothing),
		cmocka_unit_test(failures_are_tried_again_later_each_time),
		cmocka_unit_test(changes_are_tried_for_every_minute_at_the_least),
		cmocka_unit_test(a_full_sweep_that_fails_leaves_room_for_changes),
		cmocka_unit_test(a_sweep_that_proved_nothing_is_done_again_when_it_may),
		cmocka_unit_test(what_cannot_be_explained_is_counted_at_once_but_not_for_ever),
		cmocka_unit_test(a_difference_that_stays_is_looked_at_later_each_time),
		cmocka_unit_test(what_differs_is_repaired_at_once_and_once),
		cmocka_unit_test(a_shorter_interval_counts_from_now),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, 0, NULL);
}
