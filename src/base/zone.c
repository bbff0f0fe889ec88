/* SPDX-License-Identifier: MIT */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "time_format.h"

/* The largest file of tzdata has 4 KiB. */
#define LONGEST_FILE 65536

#define HEADER 44
#define DAY_SECONDS 86400
#define DAY (DAY_SECONDS * USEC_PER_SEC)

/* "M3.5.0/2": the time of day, from midnight, of the WEEK-th WEEKDAY (0: Sunday) of MONTH. */
struct rule {
	int month, week, weekday;
	int64_t time;
};

struct zone {
	size_t n;
	int64_t *from; /* transitions, seconds, ascending; */
	int64_t *to;   /* the offset from each on, seconds */
	int64_t first; /* the offset before all of them */

	/* after the last of them */
	bool ruled, saves;
	int64_t standard, saving;
	struct rule begins, ends; /* of saving time */
};

static int64_t number(const unsigned char *p, int bytes)
{
	uint64_t n = bytes == 4 && p[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 | p[i];
	return (int64_t)n;
}

/* ---- the rule for the time after all transitions ---------------------- */

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool read_time(const char **s, int64_t *ret)
{
	int sign = **s == '-' ? -1 : 1;
	int64_t parts[3] = { 0, 0, 0 };

	*s += **s == '-' || **s == '+';
	for (int i = 0; i < 3; i++) {
		char *end;

		parts[i] = strtol(*s, &end, 10);
		if (end == *s)
			return false;
		*s = end;
		if (*end != ':' || i == 2)
			break;
		(*s)++;
	}
	*ret = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
	return true;
}

/* "CET" or "<+03>". */
static bool skip_name(const char **s)
{
	const char *begin = *s;

	if (**s == '<') {
		*s += strcspn(*s, ">");
		*s += **s == '>';
		return *s > begin;
	}
	while ((**s >= 'A' && **s <= 'Z') || (**s >= 'a' && **s <= 'z'))
		(*s)++;
	return *s > begin;
}

static bool read_rule(const char **s, struct rule *rule)
{
	int used = 0;

	if (sscanf(*s, ",M%d.%d.%d%n", &rule->month, &rule->week, &rule->weekday, &used) != 3)
		return false;
	*s += used;
	rule->time = 2 * 3600;
	if (**s != '/')
		return true;
	(*s)++;
	return read_time(s, &rule->time);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3"; POSIX counts hours behind UTC. */
static bool read_footer(struct zone *zone, const char *s)
{
	int64_t behind;

	if (!skip_name(&s) || !read_time(&s, &behind))
		return false;
	zone->standard = -behind;
	zone->ruled = true;
	if (*s == '\0')
		return true;
	if (!skip_name(&s))
		return false;
	zone->saving = zone->standard + 3600;
	if (*s != ',' && *s != '\0') {
		if (!read_time(&s, &behind))
			return false;
		zone->saving = -behind;
	}
	zone->saves = read_rule(&s, &zone->begins) && read_rule(&s, &zone->ends) && *s == '\0';
	return zone->saves;
}

/* When a rule applies in a year, in seconds by the clocks it ends. */
static int64_t rule_time(const struct rule *rule, int64_t year)
{
	int64_t first = time_day(year, rule->month, 1);
	int64_t days = time_day(year, rule->month + 1, 1) - first;
	/* time_weekday() counts from Monday. */
	int64_t day = (rule->weekday + 6 - time_weekday(first)) % 7 + 7 * (rule->week - 1);

	while (day >= days)
		day -= 7;
	return (first + day) * DAY_SECONDS + rule->time;
}

static int64_t by_rule(const struct zone *zone, int64_t t)
{
	int64_t begins, ends, day = (t + zone->standard) / DAY_SECONDS;
	int year, month, mday;
	bool saving;

	if (!zone->saves)
		return zone->standard;
	time_civil(day, &year, &month, &mday);
	begins = rule_time(&zone->begins, year) - zone->standard;
	ends = rule_time(&zone->ends, year) - zone->saving;
	saving = begins < ends ? t >= begins && t < ends : t >= begins || t < ends;
	return saving ? zone->saving : zone->standard;
}

/* ---- the file --------------------------------------------------------- */

/* Sizes of a block's parts: its header has them. */
struct counts {
	int64_t utc, standard, leaps, times, types, chars;
};

static struct counts read_counts(const unsigned char *p)
{
	return (struct counts){ number(p + 20, 4), number(p + 24, 4), number(p + 28, 4),
				number(p + 32, 4), number(p + 36, 4), number(p + 40, 4) };
}

static int64_t block_size(const struct counts *c, int time)
{
	return c->times * (time + 1) + c->types * 6 + c->chars + c->leaps * (time + 4) +
	       c->standard + c->utc;
}

static bool are_sound(const struct counts *c)
{
	return c->times >= 0 && c->times < LONGEST_FILE && c->types > 0 && c->types <= 256 &&
	       c->chars >= 0 && c->chars < LONGEST_FILE && c->leaps >= 0 &&
	       c->leaps < LONGEST_FILE && c->standard >= 0 && c->standard <= 256 && c->utc >= 0 &&
	       c->utc <= 256;
}

static bool read_block(struct zone *zone, const struct counts *c, const unsigned char *p)
{
	const unsigned char *which = p + c->times * 8, *types = which + c->times;

	zone->n = (size_t)c->times;
	zone->from = mem_new(zone->n * sizeof(*zone->from));
	zone->to = mem_new(zone->n * sizeof(*zone->to));
	zone->first = number(types, 4);
	for (size_t i = 0; i < zone->n; i++) {
		if (which[i] >= c->types)
			return false;
		zone->from[i] = number(p + i * 8, 8);
		zone->to[i] = number(types + 6 * which[i], 4);
	}
	return true;
}

/* Two blocks: the first is for readers of long ago; a line with the rule follows the second. */
static bool read_zone(struct zone *zone, struct buf *file)
{
	const unsigned char *p = (const unsigned char *)file->data;
	struct counts c;
	int64_t at;

	if (file->len < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	c = read_counts(p);
	if (!are_sound(&c))
		return false;
	at = HEADER + block_size(&c, 4);
	if (at + HEADER > (int64_t)file->len || memcmp(p + at, "TZif", 4) != 0)
		return false;
	c = read_counts(p + at);
	if (!are_sound(&c) || at + HEADER + block_size(&c, 8) >= (int64_t)file->len)
		return false;
	if (!read_block(zone, &c, p + at + HEADER))
		return false;
	at += HEADER + block_size(&c, 8) + 1;
	file->data[file->len - 1] = '\0';
	return file->data[at] == '\0' || read_footer(zone, file->data + at);
}

static bool read_file(const char *name, struct buf *file)
{
	char path[256], chunk[4096];
	FILE *in;
	size_t n;

	if (name[0] == '/' || strstr(name, "..") ||
	    (size_t)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name) >= sizeof(path))
		return false;
	in = fopen(path, "re");
	if (!in)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_add(file, chunk, n);
	fclose(in);
	return !file->full;
}

struct zone *zone_open(const char *name)
{
	CLEANUP(buf_free) struct buf file = BUF_MAX(LONGEST_FILE);
	struct zone *zone = mem_new(sizeof(*zone));

	if (!read_file(name, &file) || !read_zone(zone, &file))
		zone_free(&zone);
	return zone;
}

void zone_free(struct zone **zone)
{
	if (!*zone)
		return;
	mem_free(&(*zone)->from);
	mem_free(&(*zone)->to);
	mem_free(zone);
}

/* ---- what is asked of it ----------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t zone_offset(const struct zone *zone, int64_t t)
{
	int64_t second = floor_div(t, USEC_PER_SEC);
	size_t low = 0, high = zone->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (zone->from[middle] <= second)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->n && zone->ruled)
		return by_rule(zone, second) * USEC_PER_SEC;
	return (low == 0 ? zone->first : zone->to[low - 1]) * USEC_PER_SEC;
}

int64_t zone_day(const struct zone *zone, int64_t t)
{
	return floor_div(t + zone_offset(zone, t), DAY);
}

int64_t zone_instant(const struct zone *zone, int64_t day, int minutes)
{
	int64_t wall = day * DAY + minutes * 60 * USEC_PER_SEC;
	/* Whatever the offset is there, the instant lies between these. */
	int64_t before = wall - DAY, after = wall + DAY;
	int64_t early = zone_offset(zone, before), late = zone_offset(zone, after);

	if (early == late)
		return wall - early;
	/* The clocks are moved about then: when? */
	while (after - before > USEC_PER_SEC) {
		int64_t middle = before + (after - before) / 2;

		if (zone_offset(zone, middle) == early)
			before = middle;
		else
			after = middle;
	}
	after = floor_div(after, USEC_PER_SEC) * USEC_PER_SEC;
	return wall - early < after ? wall - early : max_i64(wall - late, after);
}
