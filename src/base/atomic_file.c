/* SPDX-License-Identifier: MIT */
#include "atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_PATH 4096

/* The bytes to be written. */
struct span {
	const char *p;
	size_t n;
};

static bool write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, p, n);

		if (written < 0 && errno != EINTR)
			return false;
		p += written > 0 ? written : 0;
		n -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

static bool failed(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

/*
 * Into the file that is there: a device, a pipe that somebody reads, a file whose owner must stay.
 */
static bool write_into(const char *path, struct span text, int flags, struct err *err)
{
	/* Of a pipe without a reader this says so, and waits for none. */
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	bool ok = fd >= 0 && fcntl(fd, F_SETFL, 0) == 0 && write_all(fd, text.p, text.n);
	int why = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		ok = false;
		why = errno;
	}
	errno = why;
	return ok || failed(path, err);
}

/* The owner and the mode that the new file gets. */
struct likeness {
	mode_t mode;
	const struct stat *owner; /* whose it must be, or NULL */
	bool synced;		  /* on the disk before it takes its place */
	bool denied;		  /* it could not be given to its owner */
};

/* A new file beside PATH takes its place. */
static bool replace(const char *path, struct span text, struct likeness *like, struct err *err)
{
	const struct stat *owner = like->owner;
	char temporary[LONGEST_PATH];
	bool ok;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return err_set(err, ERR_USAGE, "the name of the file is too long: %.60s...", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return failed(path, err);
	if (owner && (owner->st_uid != geteuid() || owner->st_gid != getegid()))
		like->denied = fchown(fd, owner->st_uid, owner->st_gid) != 0;
	ok = !like->denied && write_all(fd, text.p, text.n) && fchmod(fd, like->mode) == 0 &&
	     (!like->synced || fsync(fd) == 0);
	ok = close(fd) == 0 && ok;
	if (ok && rename(temporary, path) == 0)
		return true;
	(void)failed(path, err);
	unlink(temporary);
	return false;
}

bool atomic_file_publish(const char *path, const struct buf *text, struct err *err)
{
	struct likeness like = { .mode = 0644 };

	return replace(path, (struct span){ buf_text(text), text->len }, &like, err);
}

bool atomic_file_write(const char *path, const char *p, size_t n, struct err *err)
{
	const struct span text = { p, n };
	char target[PATH_MAX];
	struct likeness like = { .mode = 0640, .synced = true };
	struct stat st;

	if (strlen(path) >= LONGEST_PATH)
		return err_set(err, ERR_USAGE, "the name of the file is too long: %.60s...", path);
	if (stat(path, &st) != 0) {
		/* A link to nothing is not replaced either: it was made to lead somewhere. */
		if (errno != ENOENT || lstat(path, &st) == 0)
			return failed(path, err);
		return replace(path, text, &like, err);
	}
	if (!S_ISREG(st.st_mode))
		return write_into(path, text, 0, err);
	if (!realpath(path, target))
		return failed(path, err);
	like.mode = st.st_mode & 07777;
	like.owner = &st;
	if (replace(target, text, &like, err))
		return true;
	return like.denied && write_into(target, text, O_TRUNC, err);
}
