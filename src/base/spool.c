/* SPDX-License-Identifier: MIT */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A shorter output stays in memory. */
#define ENOUGH (1u << 20)

static const char *folder(void)
{
	const char *named = getenv("TMPDIR");

	return named && *named ? named : "/tmp";
}

static bool failed(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "a temporary file in %s: %s", folder(), strerror(errno));
}

static bool open_file(struct spool *spool, struct err *err)
{
	char path[PATH_MAX];

	if (spool->fd >= 0)
		return true;
	if (snprintf(path, sizeof(path), "%s/sahut-etl.XXXXXX", folder()) >= (int)sizeof(path))
		return err_set(err, ERR_SYSTEM, "TMPDIR is too long");
	spool->fd = mkostemp(path, O_CLOEXEC);
	if (spool->fd < 0)
		return failed(err);
	/* Nobody else can open it, and it is gone when the process is. */
	unlink(path);
	return true;
}

bool spool_name(struct spool *spool, char name[SPOOL_NAME], struct err *err)
{
	if (!open_file(spool, err))
		return false;
	snprintf(name, SPOOL_NAME, "/proc/self/fd/%d", spool->fd);
	return true;
}

/* Moves all of the buffer. */
static bool drain(struct spool *spool, struct err *err)
{
	const char *p = buf_text(spool->buf);
	size_t left = spool->buf->len;

	if (!open_file(spool, err))
		return false;
	while (left > 0) {
		ssize_t written = write(spool->fd, p, left);

		if (written < 0 && errno != EINTR)
			return failed(err);
		p += written > 0 ? written : 0;
		left -= written > 0 ? (size_t)written : 0;
	}
	buf_reset(spool->buf);
	return true;
}

bool spool_offer(struct spool *spool, struct err *err)
{
	return spool->buf->len < ENOUGH || drain(spool, err);
}

bool spool_text(struct spool *spool, const char **text, size_t *n, struct err *err)
{
	struct stat st;

	*text = buf_text(spool->buf);
	*n = spool->buf->len;
	if (spool->fd < 0)
		return true;
	if (!drain(spool, err))
		return false;
	if (fstat(spool->fd, &st) != 0)
		return failed(err);
	*text = "";
	*n = (size_t)st.st_size;
	if (*n == 0)
		return true;
	spool->map = mmap(NULL, *n, PROT_READ, MAP_PRIVATE, spool->fd, 0);
	if (spool->map == MAP_FAILED) {
		spool->map = NULL;
		return failed(err);
	}
	spool->n = *n;
	*text = spool->map;
	return true;
}

void spool_free(struct spool *spool)
{
	if (spool->map)
		munmap(spool->map, spool->n);
	spool->map = NULL;
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}
