/* SPDX-License-Identifier: MIT */
/* The configuration file: what it sets, and everything that is wrong with it at once. */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "log.h"
#include "time_format.h"

/* A directory of its own, with the secrets that the cases name. */
static char home[64];

static const char *in_home(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	return path;
}

static void put(const char *name, const char *text, size_t n, mode_t mode)
{
	FILE *file = fopen(in_home(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	fclose(file);
	assert_int_equal(chmod(in_home(name), mode), 0);
}

static const char *const secrets[] = { "key", "key2", "password", "hash", "readable", "empty" };

static int begin(void **fixture)
{
	(void)fixture;
	unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(home, sizeof(home), "/tmp/sahut-unit-XXXXXX");
	if (!mkdtemp(home))
		return 1;
	put("key", "sk_live_one\n", 12, 0600);
	put("key2", "sk_live_two", 11, 0400);
	put("password", "sesame\n", 7, 0600);
	put("hash", "0123456789abcdef\n", 17, 0600);
	put("readable", "sk_live_three\n", 14, 0644);
	put("empty", "\n", 1, 0600);
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		unlink(in_home(secrets[i]));
	unlink(in_home("config.yaml"));
	return rmdir(home);
}

static struct config *read_text(const char *text, size_t n, char **complaints, struct err *err)
{
	put("config.yaml", text, n, 0644);
	return config_read(in_home("config.yaml"), complaints, err);
}

/* ---- cases in files ---------------------------------------------------------- */

static const char *or_none(const char *text)
{
	return text ? text : "(none)";
}

static void show_duration(struct buf *out, const char *name, int64_t usec)
{
	buf_printf(out, "  %s: %" PRId64 "s\n", name, usec / USEC_PER_SEC);
}

static void show_day(struct buf *out, const struct work_day *day)
{
	buf_str(out, day->n == 0 ? " -" : " ");
	for (size_t i = 0; i < day->n; i++)
		buf_printf(out, "%s%d-%d", i ? "," : "", day->spans[i].opens, day->spans[i].closes);
}

static void show_work(struct buf *out, const struct workspace_conf *w)
{
	buf_str(out, "  hours:");
	for (int day = 0; day < WEEK_DAYS; day++)
		show_day(out, &w->business_hours.days[day]);
	buf_printf(out, "%s\n  holidays:", w->business_hours.given ? "" : " (not given)");
	for (size_t i = 0; i < w->holidays.n; i++)
		buf_printf(out, " %s", w->holidays.days[i]);
	buf_str(out, "\n");
	for (size_t i = 0; i < w->targets.n; i++) {
		const struct workspace_target *t = &w->targets.targets[i];

		buf_printf(out, "  target: %s within %" PRId64 "s, %s, %s\n", t->metric,
			   t->within / USEC_PER_SEC, or_none(t->channel_type), or_none(t->label));
	}
}

static void show_workspace(struct buf *out, const struct workspace_conf *w)
{
	buf_printf(out, "workspace %s\n  url: %s\n  timezone: %s\n  auth: %s\n", w->name,
		   w->base_url, w->timezone, or_none(w->auth));
	buf_printf(out, "  %" PRId64 " a minute, reserve %" PRId64 ", in flight %" PRId64 "\n",
		   w->requests_per_minute, w->reserve, w->max_in_flight);
	show_duration(out, "incremental", w->schedule.incremental);
	show_duration(out, "verify", w->schedule.verify);
	buf_printf(out, "  full: %d\n", w->schedule.full);
	show_duration(out, "lookback", w->lookback);
	show_work(out, w);
}

static void show_config(struct buf *out, const struct config *c)
{
	buf_printf(out, "warehouse: %s | %s | %s\n", c->warehouse.conninfo,
		   or_none(c->warehouse.owner_conninfo), or_none(c->warehouse.password));
	for (size_t i = 0; i < c->n_workspaces; i++)
		show_workspace(out, &c->workspaces[i]);
	buf_printf(out, "http: %s | %s\n", or_none(c->http.ca_file), or_none(c->http.proxy));
	buf_printf(out, "privacy: names %d, phones %d, %s\n", c->privacy.keep_name,
		   c->privacy.keep_phone, or_none(c->privacy.hash_key));
	buf_str(out, "retention:\n");
	show_duration(out, "runs", c->retention.runs);
	show_duration(out, "rejected items", c->retention.rejected_items);
	buf_printf(out, "metrics: %s | %s\n", or_none(c->metrics.listen),
		   or_none(c->metrics.textfile));
	buf_printf(out, "metabase: %s | %s | %s %" PRId64 " %s %s\n", or_none(c->metabase.url),
		   or_none(c->metabase.api_key), or_none(c->metabase.database.host),
		   c->metabase.database.port, or_none(c->metabase.database.dbname),
		   or_none(c->metabase.database.user));
	buf_printf(out, "log: %s\n", log_level_name((enum log_level)c->log_level));
}

/* Adds TEXT with the place where it was tried left out of it. */
static void add_anonymously(struct buf *out, const char *text)
{
	for (const char *at; (at = strstr(text, home)); text = at + strlen(home)) {
		buf_add(out, text, (size_t)(at - text));
		buf_str(out, "DIR");
	}
	buf_str(out, text);
}

static void check_case(const char *path, const char *text, size_t n)
{
	struct buf out = BUF_MAX(1 << 20);
	struct err err = ERR_INIT;
	char *complaints = NULL;
	struct config *config = read_text(text, n, &complaints, &err);

	if (config) {
		assert_null(complaints);
		show_config(&out, config);
	} else {
		assert_int_equal(err.kind, ERR_CONFIG);
		add_anonymously(&out, complaints ? complaints : "");
		add_anonymously(&out, err.text);
		buf_char(&out, '\n');
	}
	unit_want(path, buf_text(&out));
	free(complaints);
	config_free(&config);
	assert_null(config);
	buf_free(&out);
}

static void every_file_is_read_or_complained_about_as_wanted(void **fixture)
{
	(void)fixture;
	unit_each("config", ".yaml", check_case);
}

/* ---- hostile files -------------------------------------------------------------- */

static const char ordinary[] = "warehouse: {conninfo: \"host=/run/postgresql dbname=sahut\", "
			       "password_file: password}\n"
			       "workspaces:\n- {name: utama, api_key_file: key, reserve: 10%,\n"
			       "   business_hours: {mon-fri: \"08:00-17:00\"}}\n";

static void a_file_may_end_anywhere(void **fixture)
{
	(void)fixture;
	for (size_t n = 0; n < sizeof(ordinary) - 1; n++) {
		struct err err = ERR_INIT;
		char *complaints;
		struct config *config = read_text(ordinary, n, &complaints, &err);

		if (!config)
			assert_int_equal(err.kind, ERR_CONFIG);
		free(complaints);
		config_free(&config);
	}
}

static void complaints_are_a_line_each_whatever_is_in_a_value(void **fixture)
{
	static const char text[] = "warehouse: {conninfo: \"dbname=x\"}\n"
				   "workspaces:\n- {name: utama, api_key_file: key,\n"
				   "   reserve: \"1\\n2\\e[2J\", \"odd\\nkey\": 1}\n";
	struct err err = ERR_INIT;
	char *complaints;
	int lines = 0;

	(void)fixture;
	assert_null(read_text(text, strlen(text), &complaints, &err));
	assert_non_null(complaints);
	for (const char *p = complaints; *p; p++) {
		lines += *p == '\n';
		assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
	}
	free(complaints);
	assert_int_equal(lines, 2);
	assert_string_equal(strstr(err.text, " has "), " has 2 errors");
}

static void a_thousand_errors_are_all_said(void **fixture)
{
	struct buf text = BUF_MAX(1 << 20);
	struct err err = ERR_INIT;
	char *complaints;
	int lines = 0;

	(void)fixture;
	buf_str(&text, "warehouse: {conninfo: \"dbname=x\"}\nworkspaces:\n"
		       "- {name: utama, api_key_file: key}\n");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "unknown%d: 1\n", i);
	assert_null(read_text(buf_text(&text), text.len, &complaints, &err));
	for (const char *p = complaints; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 1000);
	free(complaints);
	buf_free(&text);
}

/* ---- the file itself --------------------------------------------------------------- */

static void check_file(const char *path, const char *why)
{
	struct err err = ERR_INIT;
	char *complaints = (char *)&err;

	assert_null(config_read(path, &complaints, &err));
	assert_null(complaints);
	assert_int_equal(err.kind, ERR_CONFIG);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
}

static void a_file_that_cannot_be_read_is_said(void **fixture)
{
	(void)fixture;
	check_file("/nonexistent/sahut-etl.yaml", "No such file");
	check_file("/nonexistent/sahut-etl.yaml", "/examples/sahut-etl.yaml");
	check_file(home, "directory");
}

static void a_file_that_anybody_may_write_is_refused(void **fixture)
{
	static const mode_t modes[] = { 0600, 0640, 0644, 0664, 0755 };
	struct err err;
	char *complaints;

	(void)fixture;
	put("config.yaml", ordinary, strlen(ordinary), 0646);
	check_file(in_home("config.yaml"), "chmod o-w");
	put("config.yaml", ordinary, strlen(ordinary), 0644);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct config *config;

		assert_int_equal(chmod(in_home("config.yaml"), modes[i]), 0);
		config = config_read(in_home("config.yaml"), &complaints, &err);
		assert_non_null(config);
		config_free(&config);
	}
}

static void a_file_of_more_than_a_mebibyte_is_refused(void **fixture)
{
	struct buf text = BUF_MAX(4 << 20);
	struct err err;
	char *complaints;
	struct config *config;

	(void)fixture;
	buf_str(&text, ordinary);
	memset(buf_extend(&text, (1 << 20) - text.len), '#', (1 << 20) - strlen(ordinary));
	config = read_text(buf_text(&text), text.len, &complaints, &err);
	assert_non_null(config);
	config_free(&config);
	buf_char(&text, '#');
	put("config.yaml", buf_text(&text), text.len, 0644);
	check_file(in_home("config.yaml"), "longer than 1 MiB");
	buf_free(&text);
}

static void who_needs_no_secret_is_not_asked_to_be_able_to_read_one(void **fixture)
{
	static const char text[] = "warehouse: {conninfo: \"dbname=x\", password_file: password}\n"
				   "workspaces: [{name: utama, api_key_file: nowhere}]\n";
	struct err err = ERR_INIT;
	struct config *config;
	char *complaints;

	(void)fixture;
	put("config.yaml", text, sizeof(text) - 1, 0644);
	config = config_read_part(in_home("config.yaml"), "warehouse", &complaints, &err);
	assert_non_null(config);
	assert_string_equal(config->warehouse.password, "sesame");
	assert_null(config->workspaces[0].auth);
	config_free(&config);
	config = config_read_part(in_home("config.yaml"), "", &complaints, &err);
	assert_non_null(config);
	assert_null(config->warehouse.password);
	config_free(&config);
	/* Of one that is needed nothing is let pass. */
	assert_null(config_read_part(in_home("config.yaml"), "workspaces[0]", &complaints, &err));
	free(complaints);
}

/* ---- another configuration ----------------------------------------------------------- */

static struct config *read_workspace(const char *line)
{
	struct buf text = BUF_MAX(4096);
	struct err err = ERR_INIT;
	char *complaints;
	struct config *config;

	buf_printf(&text,
		   "warehouse: {conninfo: \"dbname=x\"}\n"
		   "workspaces: [{name: utama, api_key_file: %s}]\n",
		   line);
	config = read_text(buf_text(&text), text.len, &complaints, &err);
	if (!config)
		fail_msg("%s: %s", line, complaints);
	buf_free(&text);
	return config;
}

static void a_cycle_goes_on_when_only_what_may_wait_was_changed(void **fixture)
{
	static const struct {
		const char *line;
		bool goes_on;
	} table[] = {
		{ "key", true },
		{ "./key", true },
		{ "key2", false },
		{ "key, base_url: \"https://api.example.com/v1\"", false },
		{ "key, timezone: Asia/Makassar", false },
		{ "key, requests_per_minute: 59", false },
		{ "key, reserve: 21%", false },
		{ "key, max_in_flight: 1", false },
		{ "key, lookback: 3m", false },
		{ "key, schedule: {incremental: 2m, verify: 20m, full: \"03:00\"}", true },
		{ "key, business_hours: {mon-fri: \"08:00-17:00\"}", true },
		{ "key, holidays: [2027-01-01]", true },
		{ "key, targets: [{metric: first_assignment, within: 15m}]", true },
	};
	struct config *before = read_workspace("key");

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct config *after = read_workspace(table[i].line);

		if (config_same_cycle(&before->workspaces[0], &after->workspaces[0]) !=
		    table[i].goes_on)
			fail_msg("%s", table[i].line);
		config_free(&after);
	}
	config_free(&before);
}

static void connections_are_made_anew_when_what_they_are_made_with_was_changed(void **fixture)
{
	static const struct {
		const char *warehouse, *rest;
		bool same;
	} table[] = {
		{ "conninfo: \"dbname=x\"", "", true },
		{ "conninfo: \"dbname=x\", owner_conninfo: \"dbname=x user=o\"", "", true },
		{ "conninfo: \"dbname=x\"", "retention: {runs: 10d}\n", true },
		{ "conninfo: \"dbname=y\"", "", false },
		{ "conninfo: \"dbname=x\", password_file: password", "", false },
		{ "conninfo: \"dbname=x\", password_command: /bin/cat", "", false },
		{ "conninfo: \"dbname=x\"", "http: {ca_file: /x.pem}\n", false },
		{ "conninfo: \"dbname=x\"", "http: {proxy: \"http://p:1\"}\n", false },
		{ "conninfo: \"dbname=x\"", "http: {proxy_login_file: password}\n", false },
		{ "conninfo: \"dbname=x\"", "privacy: {contact_name: drop}\n", false },
		{ "conninfo: \"dbname=x\"", "privacy: {contact_phone: drop}\n", false },
		{ "conninfo: \"dbname=x\"", "privacy: {hash_key_file: hash}\n", false },
	};
	struct config *before = NULL;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = ERR_INIT;
		char *complaints, text[512];
		struct config *after;

		snprintf(text, sizeof(text),
			 "warehouse: {%s}\n%sworkspaces: [{name: a, api_key_file: key}]\n",
			 table[i].warehouse, table[i].rest);
		after = read_text(text, strlen(text), &complaints, &err);
		if (!after)
			fail_msg("%s", complaints ? complaints : err.text);
		if (before && config_same_connections(before, after) != table[i].same)
			fail_msg("%s%s", table[i].warehouse, table[i].rest);
		if (!before)
			before = after;
		else
			config_free(&after);
	}
	config_free(&before);
}

/* ---- finding ------------------------------------------------------------------------ */

static void a_workspace_is_found_by_its_name_or_because_it_is_alone(void **fixture)
{
	static const char two[] = "warehouse: {conninfo: \"dbname=x\"}\nworkspaces:\n"
				  "- {name: utama, api_key_file: key}\n"
				  "- {name: kedua, api_key_file: key2}\n";
	struct err err;
	char *complaints;
	struct config *config = read_text(two, strlen(two), &complaints, &err);

	(void)fixture;
	assert_non_null(config);
	assert_string_equal(config_find(config, "kedua", &err)->name, "kedua");
	assert_string_equal(config_find(config, "utama", &err)->name, "utama");
	assert_null(config_find(config, NULL, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_null(config_find(config, "ketiga", &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "ketiga"));
	assert_null(config_find(config, "utma", &err));
	assert_non_null(strstr(err.text, "did you mean utama?"));
	config_free(&config);
	config = read_text(ordinary, strlen(ordinary), &complaints, &err);
	assert_string_equal(config_find(config, NULL, &err)->name, "utama");
	assert_null(config_find(config, "kedua", &err));
	config_free(&config);
}

static void the_environment_may_name_another_file(void **fixture)
{
	(void)fixture;
	unsetenv("SAHUT_ETL_CONFIG");
	assert_string_equal(config_default_path(), SYSCONFDIR "/sahut-etl/sahut-etl.yaml");
	setenv("SAHUT_ETL_CONFIG", "", 1);
	assert_string_equal(config_default_path(), SYSCONFDIR "/sahut-etl/sahut-etl.yaml");
	setenv("SAHUT_ETL_CONFIG", "/x.yaml", 1);
	assert_string_equal(config_default_path(), "/x.yaml");
	unsetenv("SAHUT_ETL_CONFIG");
}

/* Whether somebody may write that conninfo. */
static bool takes_conninfo(const char *conninfo)
{
	struct buf text = BUF_MAX(1000);
	struct err err;
	char *complaints;
	struct config *config;
	bool taken;

	buf_printf(&text,
		   "warehouse: {conninfo: \"%s\"}\nworkspaces: [{name: a, api_key_file: key}]\n",
		   conninfo);
	config = read_text(buf_text(&text), text.len, &complaints, &err);
	taken = config != NULL;
	free(complaints);
	config_free(&config);
	buf_free(&text);
	return taken;
}

static void a_password_has_no_place_in_a_conninfo_however_it_is_written(void **fixture)
{
	(void)fixture;
	assert_true(takes_conninfo("dbname=x"));
	assert_true(takes_conninfo("dbname=x passfile=/etc/pgpass"));
	assert_false(takes_conninfo("dbname=x password=sesame"));
	assert_false(takes_conninfo("dbname=x password = sesame"));
	assert_false(takes_conninfo("dbname=x sslpassword=a password=sesame"));
	assert_false(takes_conninfo("postgresql://sahut:sesame@localhost/x"));
	assert_false(takes_conninfo("postgresql://localhost/x?password=sesame"));
	assert_true(takes_conninfo("dbname='no password=here'"));
}

/* What is a directory, or not a zone at all, is no zone either. */
static void a_zone_is_one_that_exists(void **fixture)
{
	static const char *const zones[] = { "Asia", "Asia/", "Asia/Nowhere", "/etc/hostname",
					     "Mars/Olympus" };
	struct buf text = BUF_MAX(1000);

	(void)fixture;
	if (access("/usr/share/zoneinfo/Asia/Jakarta", R_OK) != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct err err;
		char *complaints;
		struct config *config;

		buf_reset(&text);
		buf_printf(&text,
			   "warehouse: {conninfo: \"dbname=x\"}\n"
			   "workspaces: [{name: a, api_key_file: key, timezone: \"%s\"}]\n",
			   zones[i]);
		config = read_text(buf_text(&text), text.len, &complaints, &err);
		if (config)
			fail_msg("%s is taken for a zone", zones[i]);
		free(complaints);
	}
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_read_or_complained_about_as_wanted),
		cmocka_unit_test(a_file_may_end_anywhere),
		cmocka_unit_test(complaints_are_a_line_each_whatever_is_in_a_value),
		cmocka_unit_test(a_thousand_errors_are_all_said),
		cmocka_unit_test(a_file_that_cannot_be_read_is_said),
		cmocka_unit_test(a_file_that_anybody_may_write_is_refused),
		cmocka_unit_test(who_needs_no_secret_is_not_asked_to_be_able_to_read_one),
		cmocka_unit_test(a_file_of_more_than_a_mebibyte_is_refused),
		cmocka_unit_test(a_cycle_goes_on_when_only_what_may_wait_was_changed),
		cmocka_unit_test(
			connections_are_made_anew_when_what_they_are_made_with_was_changed),
		cmocka_unit_test(a_workspace_is_found_by_its_name_or_because_it_is_alone),
		cmocka_unit_test(the_environment_may_name_another_file),
		cmocka_unit_test(a_password_has_no_place_in_a_conninfo_however_it_is_written),
		cmocka_unit_test(a_zone_is_one_that_exists),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
