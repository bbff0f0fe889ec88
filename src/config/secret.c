/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "redact.h"

#define LONGEST SECRET_LONGEST
#define LONGEST_PATH 4096

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Where a secret was found. */
struct place {
	char path[LONGEST_PATH]; /* where it was tried last */
	bool is_credential;	 /* it is in the directory that systemd made for the service */
	size_t n;		 /* bytes that were read of it */
};

/* Opens the file where it is found first. */
static int open_secret(const char *name, const char *config, struct place *place)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *slash = strrchr(config, '/');
	char *path = place->path;
	int fd = -1;

	place->is_credential = false;
	if (name[0] == '/') {
		snprintf(path, LONGEST_PATH, "%s", name);
		return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	}
	if (credentials) {
		snprintf(path, LONGEST_PATH, "%s/%s", credentials, name);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		place->is_credential = fd >= 0;
	}
	if (fd < 0) {
		snprintf(path, LONGEST_PATH, "%.*s%s", slash ? (int)(slash - config) + 1 : 0,
			 config, name);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	}
	return fd;
}

/*
 * A credential may carry an access list that lets the service's user read it;
 * the group's bits are then the list's mask (acl(5)), and no group is let in.
 */
static bool is_private(int fd, const struct place *place, struct err *err)
{
	const char *path = place->path;
	mode_t others = place->is_credential ? 007 : 077;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s is not a file", path);
	if (st.st_mode & others)
		return err_set(err, ERR_CONFIG,
			       "%s has mode %04o, so that others may read it; run: chmod 600 %s",
			       path, (unsigned)(st.st_mode & 07777), path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(err, ERR_CONFIG,
			       "%s belongs to another user (uid %u); it must be root's or ours",
			       path, (unsigned)st.st_uid);
	return true;
}

/* Cuts the final newline and sees whether the rest can be a secret. */
static bool is_usable(char *text, size_t n, const char *path, struct err *err)
{
	if (n > LONGEST)
		return err_set(err, ERR_CONFIG, "%s is longer than %d bytes", path, LONGEST);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	if (n == 0)
		return err_set(err, ERR_CONFIG, "%s is empty", path);
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return err_set(
			err, ERR_CONFIG,
			"%s begins with a byte order mark, which would be sent along; write it "
			"anew without",
			path);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return err_set(err, ERR_CONFIG,
				       "%s holds a control character; it must be one line", path);
	return true;
}

/* The file's bytes and a NUL; of one that is too long, one byte more than it may have. */
static bool read_file(const char *name, const char *config, struct place *place,
		      char text[LONGEST + 2], struct err *err)
{
	CLEANUP(close_fd) int fd = open_secret(name, config, place);
	ssize_t n = 0, got = 1;

	if (fd < 0)
		return err_set(err, ERR_CONFIG, "%s: %s", place->path, strerror(errno));
	if (!is_private(fd, place, err))
		return false;
	while (got > 0 && n <= LONGEST) {
		got = read(fd, text + n, (size_t)(LONGEST + 1 - n));
		n += got > 0 ? got : 0;
	}
	text[n] = '\0';
	place->n = (size_t)n;
	return got >= 0 || err_set(err, ERR_CONFIG, "%s: %s", place->path, strerror(errno));
}

char *secret_read(const char *name, const char *config, struct err *err)
{
	char text[LONGEST + 2] = "";
	struct place place;
	char *secret = NULL;

	if (read_file(name, config, &place, text, err) && is_usable(text, place.n, place.path, err))
		secret = mem_text(text, strlen(text));
	if (secret)
		redact_learn(secret);
	explicit_bzero(text, sizeof(text));
	return secret;
}

/* Takes one line, whose end has been cut, apart. */
static bool add_line(struct secret_lines *lines, char *line, const char *path, struct err *err)
{
	size_t n;

	if (lines->n == SECRET_LINES)
		return err_set(err, ERR_CONFIG, "%s has more than %d lines", path, SECRET_LINES);
	if (!is_usable(line, strlen(line), path, err))
		return false;
	n = strcspn(line, " \t");
	lines->secrets[lines->n] = mem_text(line, n);
	redact_learn(lines->secrets[lines->n]);
	line += n + strspn(line + n, " \t");
	n = strcspn(line, " \t");
	lines->labels[lines->n++] = n > 0 ? mem_text(line, n) : NULL;
	return true;
}

bool secret_read_lines(const char *name, const char *config, struct secret_lines *lines,
		       struct err *err)
{
	char text[LONGEST + 2] = "", *rest = text, *line;
	struct place place;
	bool ok;

	*lines = (struct secret_lines){ .n = 0 };
	ok = read_file(name, config, &place, text, err);
	if (ok && (place.n > LONGEST || memchr(text, '\0', place.n)))
		ok = is_usable(text, place.n, place.path, err);
	while (ok && (line = strsep(&rest, "\n")))
		ok = !*line || add_line(lines, line, place.path, err);
	if (ok && lines->n == 0)
		ok = err_set(err, ERR_CONFIG, "%s is empty", place.path);
	if (!ok)
		secret_lines_free(lines);
	explicit_bzero(text, sizeof(text));
	return ok;
}

void secret_lines_free(struct secret_lines *lines)
{
	for (int i = 0; i < lines->n; i++) {
		mem_free_secret(&lines->secrets[i]);
		mem_free(&lines->labels[i]);
	}
	lines->n = 0;
}

char *secret_take(const char *text, size_t n, const char *source, struct err *err)
{
	char copy[LONGEST + 2];
	char *secret = NULL;

	if (n <= LONGEST + 1) {
		memcpy(copy, text, n);
		copy[n] = '\0';
	}
	if (is_usable(copy, n, source, err))
		secret = mem_text(copy, strlen(copy));
	explicit_bzero(copy, sizeof(copy));
	return secret;
}
