/* SPDX-License-Identifier: MIT */
/* A secret that is shown once has its file before it is asked for, and takes the old one's place whole or not at all. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret_draft.h"

static char home[64], config[96];
static char first[] = "whsec_one", second[] = "whsec_two", label[] = "wh_2";

static const char *in_home(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	return path;
}

static int begin(void **fixture)
{
	(void)fixture;
	snprintf(home, sizeof(home), "/tmp/sahut-draft-XXXXXX");
	if (!mkdtemp(home))
		return 1;
	snprintf(config, sizeof(config), "%s/sahut-etl.yaml", home);
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	unlink(in_home("hook"));
	unlink(in_home("hook.new"));
	unlink(in_home("elsewhere"));
	return rmdir(home);
}

static bool is_there(const char *name)
{
	return access(in_home(name), F_OK) == 0;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(in_home(name), "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(in_home(name), 0600), 0);
}

static void holds(const char *name, const char *text)
{
	char have[256] = "";
	FILE *file = fopen(in_home(name), "re");
	struct stat st;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fread(have, 1, sizeof(have) - 1, file), strlen(text));
	fclose(file);
	assert_string_equal(have, text);
}

static void a_file_is_there_before_the_secret_and_has_it_afterwards(void **fixture)
{
	struct secret_lines lines = { { first, second }, { NULL, label }, 2 };
	struct secret_draft draft;
	struct err err = ERR_INIT;

	(void)fixture;
	assert_false(secret_draft_is_kept("hook", config));
	assert_true(secret_draft_open(&draft, "hook", config, NULL, &err));
	assert_true(is_there("hook.new"));
	assert_false(is_there("hook"));
	assert_true(secret_draft_keep(&draft, &lines, &err));
	secret_draft_close(&draft);
	assert_false(is_there("hook.new"));
	assert_true(secret_draft_is_kept("hook", config));
	holds("hook", "whsec_one\nwhsec_two wh_2\n");
}

static void what_is_given_up_leaves_the_old_one(void **fixture)
{
	struct secret_draft draft;
	struct err err = ERR_INIT;

	(void)fixture;
	put("hook", "old\n");
	assert_true(secret_draft_open(&draft, "hook", config, NULL, &err));
	secret_draft_close(&draft);
	secret_draft_close(&draft);
	assert_false(is_there("hook.new"));
	holds("hook", "old\n");
}

static void a_link_that_somebody_left_is_not_followed(void **fixture)
{
	struct secret_lines lines = { { first }, { NULL }, 1 };
	struct secret_draft draft;
	struct err err = ERR_INIT;
	char target[128];

	(void)fixture;
	snprintf(target, sizeof(target), "%s", in_home("elsewhere"));
	put("elsewhere", "theirs\n");
	assert_int_equal(symlink(target, in_home("hook.new")), 0);
	assert_true(secret_draft_open(&draft, "hook", config, NULL, &err));
	assert_true(secret_draft_keep(&draft, &lines, &err));
	secret_draft_close(&draft);
	holds("elsewhere", "theirs\n");
	holds("hook", "whsec_one\n");
}

static void where_nothing_can_be_written_that_is_said_first(void **fixture)
{
	struct secret_draft draft;
	struct err err = ERR_INIT;
	char name[5000];

	(void)fixture;
	assert_false(secret_draft_open(&draft, "nowhere/hook", config, NULL, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "nowhere/hook.new"));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_true(secret_draft_is_kept(name, config));
	err = (struct err)ERR_INIT;
	assert_false(secret_draft_open(&draft, name, config, NULL, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
}

static void it_can_be_taken_away(void **fixture)
{
	struct secret_draft draft;
	struct err err = ERR_INIT;

	(void)fixture;
	put("hook", "old\n");
	assert_true(secret_draft_open(&draft, "hook", config, NULL, &err));
	assert_true(secret_draft_remove(&draft, &err));
	assert_false(secret_draft_remove(&draft, &err));
	secret_draft_close(&draft);
	assert_false(is_there("hook"));
	assert_false(is_there("hook.new"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_is_there_before_the_secret_and_has_it_afterwards, begin, end),
		cmocka_unit_test_setup_teardown(what_is_given_up_leaves_the_old_one, begin, end),
		cmocka_unit_test_setup_teardown(a_link_that_somebody_left_is_not_followed, begin,
						end),
		cmocka_unit_test_setup_teardown(where_nothing_can_be_written_that_is_said_first,
						begin, end),
		cmocka_unit_test_setup_teardown(it_can_be_taken_away, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
