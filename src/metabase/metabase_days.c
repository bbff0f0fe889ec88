/* SPDX-License-Identifier: MIT */
#include "metabase_days.h"

#include <stdio.h>
#include <string.h>

bool metabase_days_read(struct metabase *mb, struct metabase_days *days, struct err *err)
{
	CLEANUP(json_free) struct json *json = metabase_get(mb, err, "/session/properties");
	struct json_at root;
	const char *zone;

	if (!json)
		return false;
	root = json_root(json);
	/* The first is empty unless somebody set it; the second has the host's zone then. */
	zone = metabase_text(&root, "report-timezone");
	if (!*zone)
		zone = metabase_text(&root, "report-timezone-long");
	snprintf(days->zone, sizeof(days->zone), "%s", zone);
	snprintf(days->week, sizeof(days->week), "%s", metabase_text(&root, "start-of-week"));
	return true;
}

static bool all_same(const char *const *zones, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(zones[i], zones[0]) != 0)
			return false;
	return true;
}

static bool is_one_of(const char *zone, const char *const *zones, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(zones[i], zone) == 0)
			return true;
	return false;
}

static int compare_zone(const struct metabase_days *days, const char *const *zones, size_t n,
			struct buf *out)
{
	if (n == 0 || !days->zone[0] || is_one_of(days->zone, zones, n)) {
		if (n == 0 || all_same(zones, n) || !days->zone[0])
			return 0;
		buf_printf(out,
			   "Metabase's report time zone is %s, and not that of every workspace\n"
			   "  -> use the cards and the columns named ..._day, which have each "
			   "workspace's own days\n",
			   days->zone);
		return 1;
	}
	buf_printf(out, "Metabase's report time zone is %s, the workspace's is %s\n  -> ",
		   days->zone, zones[0]);
	buf_printf(out, "in Metabase: Admin settings, Localization, Report timezone: %s\n",
		   zones[0]);
	return 1;
}

int metabase_days_compare(const struct metabase_days *days, const char *const *zones, size_t n,
			  struct buf *out)
{
	int found = compare_zone(days, zones, n, out);

	if (!days->week[0] || strcmp(days->week, "monday") == 0)
		return found;
	buf_printf(
		out,
		"Metabase's weeks begin on %s, those of the reports on monday\n"
		"  -> in Metabase: Admin settings, Localization, First day of the week: Monday\n",
		days->week);
	return found + 1;
}
