/* SPDX-License-Identifier: MIT */
/*
 * sim.c -- the engine against a model of the API and of the warehouse, by the thousand.
 *
 * usage: sim [--seeds N] [--from SEED] [--seed SEED] [--tell]
 *
 * Prints TAP. A seed that fails is made short, event by event, and its
 * story is printed; --seed plays one again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "opt.h"

static struct drive drive;

/* Leaves out every event that the failure does not need. Returns how many are left. */
static int minimise(const struct story *story, uint64_t seed, bool *dropped)
{
	int events = drive.world.events < MOST_EVENTS ? drive.world.events : MOST_EVENTS, left = 0;

	for (int chunk = events > 1 ? events / 2 : 1; chunk >= 1; chunk /= 2) {
		for (int from = 0; from < events; from += chunk) {
			bool before[MOST_EVENTS];

			memcpy(before, dropped, sizeof(before));
			for (int i = from; i < from + chunk && i < events; i++)
				dropped[i] = true;
			if (drive_play(&drive, story, seed, dropped))
				memcpy(dropped, before, sizeof(before));
		}
	}
	for (int i = 0; i < events; i++)
		left += !dropped[i];
	return left;
}

/* Fewer cycles, as long as it fails. */
static void shorten(struct story *story, uint64_t seed)
{
	struct story shorter = *story;

	while (shorter.cycles > 0) {
		shorter.cycles--;
		if (drive_play(&drive, &shorter, seed, NULL))
			return;
		*story = shorter;
	}
}

static void tell(struct story *story, uint64_t seed)
{
	static bool dropped[MOST_EVENTS];
	int events;

	memset(dropped, 0, sizeof(dropped));
	shorten(story, seed);
	drive_play(&drive, story, seed, NULL);
	events = minimise(story, seed, dropped);
	printf("# seed %llu, shortened to %d cycles and %d events:\n", (unsigned long long)seed,
	       story->cycles, events);
	drive.told = true;
	drive_play(&drive, story, seed, dropped);
	drive.told = false;
	printf("# %s\n", drive.wrong);
}

int main(int argc, char **argv)
{
	const char *seeds = "1000", *from = "1", *one = NULL, *none[1];
	bool told = false;
	const struct opt options[] = {
		{ .name = "seeds", .arg = "N", .help = "how many stories", .value = &seeds },
		{ .name = "from", .arg = "SEED", .help = "the first", .value = &from },
		{ .name = "seed", .arg = "SEED", .help = "this one only", .value = &one },
		{ .name = "tell", .help = "print the story", .flag = &told },
		OPT_END,
	};
	struct opt_args args = { argc, argv, 1 };
	struct err err;
	uint64_t first, n;
	long failed = 0, cycles = 0, requests = 0, published = 0;

	if (!opt_parse(options, &args, none, 0, &err)) {
		fprintf(stderr, "sim: %s\n", err.text);
		return 64;
	}
	first = strtoull(one ? one : from, NULL, 10);
	n = one ? 1 : strtoull(seeds, NULL, 10);
	for (uint64_t seed = first; seed < first + n && failed < 5; seed++) {
		struct story story;

		drive_invent(&story, seed);
		drive.told = told;
		if (!drive_play(&drive, &story, seed, NULL)) {
			failed++;
			printf("not ok - seed %llu: %s\n", (unsigned long long)seed, drive.wrong);
			drive.told = false;
			if (!told && failed == 1)
				tell(&story, seed);
		}
		cycles += drive.cycles;
		requests += drive.requests;
		published += drive.published;
	}
	printf("# %llu seeds from %llu: %ld cycles, %ld requests, %ld times an instant rose\n",
	       (unsigned long long)n, (unsigned long long)first, cycles, requests, published);
	if (failed == 0)
		printf("ok - simulation: all invariants held\n");
	return failed > 0;
}
