/* SPDX-License-Identifier: MIT */
/* A secret comes from a file that only we can read, or not at all. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "mem.h"
#include "secret.h"

static char home[64];

static const char *in_home(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	return path;
}

static void put(const char *name, const char *text, size_t n, mode_t mode)
{
	FILE *file;

	unlink(in_home(name));
	file = fopen(in_home(name), "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	fclose(file);
	assert_int_equal(chmod(in_home(name), mode), 0);
}

static int begin(void **fixture)
{
	(void)fixture;
	unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(home, sizeof(home), "/tmp/sahut-unit-XXXXXX");
	if (!mkdtemp(home))
		return 1;
	return mkdir(in_home("credentials"), 0700);
}

static int end(void **fixture)
{
	(void)fixture;
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(in_home("key"));
	unlink(in_home("pipe"));
	unlink(in_home("link"));
	unlink(in_home("credentials/key"));
	rmdir(in_home("credentials"));
	return rmdir(home);
}

/* Reads the secret NAME, as a configuration file in the directory would have it. */
static char *read_secret(const char *name, struct err *err)
{
	char config[128];

	snprintf(config, sizeof(config), "%s/sahut-etl.yaml", home);
	*err = (struct err)ERR_INIT;
	return secret_read(name, config, err);
}

static void check_secret(const char *name, const char *want)
{
	struct err err;
	char *secret = read_secret(name, &err);

	if (!secret)
		fail_msg("%s", err.text);
	assert_string_equal(secret, want);
	mem_free_secret(&secret);
}

/* It is refused, and the reason says WHY, but never what stood in the file. */
static void check_refused(const char *name, const char *why)
{
	struct err err;

	assert_null(read_secret(name, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	if (!strstr(err.text, why) || strstr(err.text, "sesame"))
		fail_msg("%s", err.text);
}

/* ---- what stands in it -------------------------------------------------------- */

static void check_content(const struct unit_row *row)
{
	struct err err;
	char *secret, got[64] = "!";

	put("key", row->field[0], row->len[0], 0600);
	secret = read_secret("key", &err);
	if (secret)
		snprintf(got, sizeof(got), "%s", secret);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	mem_free_secret(&secret);
}

static void the_content_comes_without_its_line_end(void **fixture)
{
	(void)fixture;
	unit_table("secret/contents.txt", check_content);
}

static void it_may_have_four_kibibytes_and_no_more(void **fixture)
{
	char text[8192], want[8192];

	(void)fixture;
	memset(text, 'k', sizeof(text));
	memset(want, 'k', sizeof(want));
	put("key", text, 4096, 0600);
	want[4096] = '\0';
	check_secret("key", want);
	put("key", text, 4097, 0600);
	check_refused("key", "longer than 4096 bytes");
	put("key", text, 8192, 0600);
	check_refused("key", "longer than 4096 bytes");
	put("key", "", 0, 0600);
	check_refused("key", "is empty");
}

/* ---- who may read it ------------------------------------------------------------- */

static void nobody_else_may_read_it(void **fixture)
{
	(void)fixture;
	for (unsigned mode = 0; mode < 01000; mode++) {
		put("key", "sesame\n", 7, (mode_t)mode);
		if (mode & 077)
			check_refused("key", "chmod 600");
		else if (mode & 0400)
			check_secret("key", "sesame");
	}
}

static void it_is_ours_or_roots(void **fixture)
{
	(void)fixture;
	if (geteuid() != 0)
		skip();
	put("key", "sesame\n", 7, 0600);
	assert_int_equal(chown(in_home("key"), 12345, (gid_t)-1), 0);
	check_refused("key", "another user");
	assert_int_equal(seteuid(12345), 0);
	check_refused("key", "Permission denied");
	assert_int_equal(seteuid(0), 0);
}

static void only_a_file_is_one(void **fixture)
{
	(void)fixture;
	check_refused("credentials", "is not a file");
	assert_int_equal(mkfifo(in_home("pipe"), 0600), 0);
	check_refused("pipe", "is not a file");
	check_refused("/dev/null", "is not a file");
	check_refused("nowhere", "No such file");
}

static void what_a_link_leads_to_is_looked_at(void **fixture)
{
	(void)fixture;
	put("key", "sesame\n", 7, 0600);
	assert_int_equal(symlink("key", in_home("link")), 0);
	check_secret("link", "sesame");
	put("key", "sesame\n", 7, 0640);
	check_refused("link", "chmod 600");
}

/* ---- where it is looked for --------------------------------------------------------- */

static void an_absolute_name_is_taken_as_it_is(void **fixture)
{
	(void)fixture;
	put("credentials/key", "wrong\n", 6, 0600);
	put("key", "sesame\n", 7, 0600);
	setenv("CREDENTIALS_DIRECTORY", in_home("credentials"), 1);
	check_secret(in_home("key"), "sesame");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void credentials_of_the_service_come_first(void **fixture)
{
	(void)fixture;
	put("key", "beside the file\n", 16, 0600);
	put("credentials/key", "of the service\n", 15, 0400);
	check_secret("key", "beside the file");
	setenv("CREDENTIALS_DIRECTORY", in_home("credentials"), 1);
	check_secret("key", "of the service");
	unlink(in_home("credentials/key"));
	check_secret("key", "beside the file");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void what_is_wrong_with_a_credential_is_said_of_it(void **fixture)
{
	(void)fixture;
	put("key", "beside the file\n", 16, 0600);
	put("credentials/key", "\n", 1, 0400);
	setenv("CREDENTIALS_DIRECTORY", in_home("credentials"), 1);
	check_refused("key", "credentials/key is empty");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void a_configuration_without_a_directory_looks_in_the_present_one(void **fixture)
{
	struct err err;

	(void)fixture;
	assert_null(secret_read("sahut-unit-nowhere", "sahut-etl.yaml", &err));
	assert_memory_equal(err.text, "sahut-unit-nowhere: ", 20);
}

/*
 * Where the service runs as a user of its own, systemd lets it read a
 * credential through an access list; the group's bits of the mode are then
 * the list's mask, and no group may read anything (systemd.exec(5),
 * "Credentials"; acl(5), "Correspondence between ACL entries and file
 * permission bits").
 */
static void a_credential_with_an_access_list_is_still_private(void **fixture)
{
	/* user::r--, user:12345:r--, group::---, mask::r--, other::--- */
	static const unsigned char list[] = {
		2, 0,	 0,    0,    0x01, 0,	 4,    0, 0xff, 0xff, 0xff, 0xff, 0x02, 0,    4,
		0, 0x39, 0x30, 0,    0,	   0x04, 0,    0, 0,	0xff, 0xff, 0xff, 0xff, 0x10, 0,
		4, 0,	 0xff, 0xff, 0xff, 0xff, 0x20, 0, 0,	0,    0xff, 0xff, 0xff, 0xff,
	};
	struct stat st;

	(void)fixture;
	put("credentials/key", "of the service\n", 15, 0400);
	if (setxattr(in_home("credentials/key"), "system.posix_acl_access", list, sizeof(list),
		     0) != 0)
		skip();
	assert_int_equal(stat(in_home("credentials/key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0440);
	setenv("CREDENTIALS_DIRECTORY", in_home("credentials"), 1);
	check_secret("key", "of the service");
	unsetenv("CREDENTIALS_DIRECTORY");
}

/* ---- two lines --------------------------------------------------------- */

static bool read_lines(struct secret_lines *lines, struct err *err)
{
	char config[128];

	snprintf(config, sizeof(config), "%s/etl.yaml", home);
	return secret_read_lines("key", config, lines, err);
}

static void two_secrets_may_stand_in_a_file_each_with_its_label(void **fixture)
{
	static const char text[] = "whsec_new wh_2\nwhsec_old\n";
	struct secret_lines lines;
	struct err err;

	(void)fixture;
	put("key", text, sizeof(text) - 1, 0600);
	assert_true(read_lines(&lines, &err));
	assert_int_equal(lines.n, 2);
	assert_string_equal(lines.secrets[0], "whsec_new");
	assert_string_equal(lines.labels[0], "wh_2");
	assert_string_equal(lines.secrets[1], "whsec_old");
	assert_null(lines.labels[1]);
	secret_lines_free(&lines);
	assert_int_equal(lines.n, 0);
}

static void lines_that_are_none_are_refused(void **fixture)
{
	static const struct {
		const char *text;
		size_t n;
		mode_t mode;
	} cases[] = {
		{ "", 0, 0600 },
		{ "\n\n", 2, 0600 },
		{ "a\nb\nc\n", 6, 0600 },
		{ "a\0b\n", 4, 0600 },
		{ "\001\n", 2, 0600 },
		{ "\xef\xbb\xbf"
		  "x\n",
		  5, 0600 },
		{ "whsec_x\n", 8, 0644 },
	};
	struct secret_lines lines;
	struct err err;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put("key", cases[i].text, cases[i].n, cases[i].mode);
		assert_false(read_lines(&lines, &err));
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_int_equal(lines.n, 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_content_comes_without_its_line_end),
		TEST(two_secrets_may_stand_in_a_file_each_with_its_label),
		TEST(lines_that_are_none_are_refused),
		TEST(it_may_have_four_kibibytes_and_no_more),
		TEST(nobody_else_may_read_it),
		TEST(it_is_ours_or_roots),
		TEST(only_a_file_is_one),
		TEST(what_a_link_leads_to_is_looked_at),
		TEST(an_absolute_name_is_taken_as_it_is),
		TEST(credentials_of_the_service_come_first),
		TEST(what_is_wrong_with_a_credential_is_said_of_it),
		TEST(a_configuration_without_a_directory_looks_in_the_present_one),
		TEST(a_credential_with_an_access_list_is_still_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
