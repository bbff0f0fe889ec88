/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "mem.h"
#include "secret.h"

/* The user of the packaged service; the key is its own where it is there. */
#define SERVICE "sahut-etl"
#define KEY_FILE "api-key"

#define LONGEST_ANSWER 4096
#define LONGEST_FILE 65536

/* One question: the option's value, or a person's answer, or else the default. */
struct question {
	const char *text, *fallback;
	const char *value; /* of the option */
	char answer[LONGEST_ANSWER];
};

enum { NAME, CONNINFO, ZONE, QUOTA, QUESTIONS };

static bool can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A line of the terminal, without its end. False at the end of the input. */
static bool read_line(char *line, size_t size)
{
	if (!fgets(line, (int)size, stdin))
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static void ask(struct question *question)
{
	if (question->value)
		return;
	question->value = question->fallback;
	if (!can_ask())
		return;
	fprintf(stderr, "%s [%s]: ", question->text, question->fallback);
	if (read_line(question->answer, sizeof(question->answer)) && question->answer[0])
		question->value = question->answer;
}

/* The key, typed unseen. */
static bool ask_key(char *key, size_t size, struct err *err)
{
	struct termios before, silent;
	bool ok;

	if (!can_ask())
		return err_set(err, ERR_USAGE,
			       "nobody can be asked for the API key; give --key-file FILE, or - "
			       "for standard input");
	tcgetattr(STDIN_FILENO, &before);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
	fprintf(stderr, "API key (not shown): ");
	ok = read_line(key, size);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	fputc('\n', stderr);
	return ok || err_set(err, ERR_USAGE, "no API key was given");
}

static bool read_key(const char *path, char *key, size_t size, struct err *err)
{
	FILE *file;
	bool ok;

	if (!path)
		return ask_key(key, size, err);
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file)
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	ok = fgets(key, (int)size, file) != NULL;
	if (file != stdin)
		fclose(file);
	return ok || err_set(err, ERR_CONFIG, "%s holds no key", path);
}

/* ---- files ------------------------------------------------------------- */

/* Writes a file that is not there yet, with that mode. */
static bool write_new(const char *path, const char *text, size_t n, mode_t mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool ok;

	if (fd < 0 && errno == EEXIST)
		return err_set(err, ERR_CONFIG, "%s is there already; it stays as it is", path);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	ok = write(fd, text, n) == (ssize_t)n && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	if (close(fd) != 0 || !ok) {
		unlink(path);
		return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	}
	return true;
}

/* The key beside the configuration, readable by the service alone. */
static bool write_key(const char *path, const char *given, struct err *err)
{
	char line[SECRET_LONGEST + 2] = "";
	const struct passwd *service = geteuid() == 0 ? getpwnam(SERVICE) : NULL;
	char *key = NULL;
	bool ok;

	if (!given && access(path, F_OK) == 0)
		return true;
	ok = read_key(given, line, sizeof(line), err);
	if (ok)
		key = secret_take(line, strlen(line), "the API key", err);
	ok = key && write_new(path, key, strlen(key), 0400, err);
	if (ok && service && chown(path, service->pw_uid, service->pw_gid) != 0)
		ok = err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	explicit_bzero(line, sizeof(line));
	mem_free_secret(&key);
	return ok;
}

static void quote(struct buf *out, const char *text)
{
	buf_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(out, '\\');
		buf_char(out, *text);
	}
	buf_str(out, "\"\n");
}

static void write_text(struct buf *out, const struct question *questions)
{
	buf_str(out, "# Made by sahut-etl init. Every key is explained in sahut-etl.yaml(5).\n"
		     "warehouse:\n  conninfo: ");
	quote(out, questions[CONNINFO].value);
	buf_str(out, "workspaces:\n  - name: ");
	quote(out, questions[NAME].value);
	buf_str(out, "    api_key_file: " KEY_FILE "\n    timezone: ");
	quote(out, questions[ZONE].value);
	buf_printf(out, "    requests_per_minute: %s\n", questions[QUOTA].value);
	buf_str(out, "metrics:\n  listen: \"127.0.0.1:9797\"\n");
}

/* Whether the program takes the file; its complaint, otherwise. */
static bool is_taken(const char *path, struct err *err)
{
	char *complaints;
	struct config *config = config_read_part(path, "", &complaints, err);

	if (complaints)
		fputs(complaints, stderr);
	mem_free(&complaints);
	if (!config)
		return false;
	config_free(&config);
	return true;
}

/*
 * The file under another name first, so that one that is refused is never there; then the key; then
 * its own name.
 */
static bool write_all(const char *path, const char *key_path, const char *key,
		      const struct question *questions, struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_FILE);
	CLEANUP(buf_free) struct buf draft = BUF_MAX(LONGEST_ANSWER);
	bool ok;

	write_text(&text, questions);
	buf_printf(&draft, "%s.new", path);
	unlink(buf_text(&draft));
	ok = write_new(buf_text(&draft), buf_text(&text), text.len, 0644, err) &&
	     is_taken(buf_text(&draft), err) && write_key(key_path, key, err);
	if (ok && link(buf_text(&draft), path) != 0)
		ok = err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	unlink(buf_text(&draft));
	return ok;
}

static void print_next_steps(const char *path, const char *key)
{
	printf("%s is written, and the key is in %s.\n\n"
	       "Next, where PostgreSQL runs on this machine:\n"
	       "  sudo -u postgres createdb -E UTF8 -T template0 sahut\n"
	       "  sudo -u postgres createuser sahut-etl\n"
	       "  sudo -u postgres sahut-etl migrate\n"
	       "  sudo -u postgres psql -qd sahut -c 'grant sahut_writer to \"sahut-etl\"'\n"
	       "  sudo -u sahut-etl sahut-etl check\n"
	       "  sudo systemctl enable --now sahut-etl\n",
	       path, key);
}

void cmd_init(struct app *app)
{
	const char *path = app->config_path ? app->config_path : config_default_path();
	const char *none[1], *key = NULL, *slash = strrchr(path, '/');
	CLEANUP(buf_free) struct buf key_path = BUF_MAX(LONGEST_ANSWER);
	struct question questions[QUESTIONS] = {
		[NAME] = { "Name of the workspace, as reports show it", "utama", NULL, "" },
		[CONNINFO] = { "PostgreSQL, as libpq takes it", "host=/run/postgresql dbname=sahut",
			       NULL, "" },
		[ZONE] = { "Time zone of its days", "Asia/Jakarta", NULL, "" },
		[QUOTA] = { "Requests a minute that the plan allows", "60", NULL, "" },
	};
	const struct opt options[] = {
		{ .name = "name",
		  .arg = "NAME",
		  .help = "of the workspace",
		  .value = &questions[NAME].value },
		{ .name = "key-file",
		  .arg = "FILE",
		  .help = "the API key is in there; - is standard input",
		  .value = &key },
		{ .name = "conninfo",
		  .arg = "TEXT",
		  .help = "how PostgreSQL is reached",
		  .value = &questions[CONNINFO].value },
		{ .name = "timezone",
		  .arg = "ZONE",
		  .help = "of the workspace's days",
		  .value = &questions[ZONE].value },
		{ .name = "requests-per-minute",
		  .arg = "N",
		  .help = "the limit of the plan",
		  .value = &questions[QUOTA].value },
		OPT_END,
	};
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0))
		return;
	buf_printf(&key_path, "%.*s" KEY_FILE, slash ? (int)(slash - path) + 1 : 0, path);
	if (access(path, F_OK) == 0) {
		err_set(&err, ERR_CONFIG, "%s is there already; it stays as it is", path);
		app_fail(app, &err);
		return;
	}
	for (int i = 0; i < QUESTIONS; i++)
		ask(&questions[i]);
	if (!write_all(path, buf_text(&key_path), key, questions, &err))
		app_fail(app, &err);
	else if (!app->quiet)
		print_next_steps(path, buf_text(&key_path));
}
