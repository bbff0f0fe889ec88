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

char *secret_read(const char *name, const char *config, struct err *err)
{
	struct place place;
	char text[LONGEST + 2];
	CLEANUP(close_fd) int fd = open_secret(name, config, &place);
	const char *path = place.path;
	char *secret = NULL;
	ssize_t n = 0, got = 1;

	if (fd < 0) {
		err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!is_private(fd, &place, err))
		return NULL;
	while (got > 0 && n <= LONGEST) {
		got = read(fd, text + n, (size_t)(LONGEST + 1 - n));
		n += got > 0 ? got : 0;
	}
	text[n] = '\0';
	if (got < 0)
		err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	else if (is_usable(text, (size_t)n, path, err))
		secret = mem_text(text, strlen(text));
	if (secret)
		redact_learn(secret);
	explicit_bzero(text, sizeof(text));
	return secret;
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
