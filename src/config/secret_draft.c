/* SPDX-License-Identifier: MIT */
#include "secret_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"

#define ROOM (2 * (SECRET_LONGEST + 128))

static bool fail(const char *path, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

/* The path of a secret that is written: never in the directory of systemd's credentials. */
static bool find_path(const char *name, const char *config, char path[SECRET_DRAFT_PATH])
{
	const char *slash = name[0] == '/' ? NULL : strrchr(config, '/');

	return snprintf(path, SECRET_DRAFT_PATH, "%.*s%s", slash ? (int)(slash - config) + 1 : 0,
			config, name) < SECRET_DRAFT_PATH;
}

bool secret_draft_is_kept(const char *name, const char *config)
{
	char path[SECRET_DRAFT_PATH];

	return !find_path(name, config, path) || access(path, F_OK) == 0;
}

/* Gives the file the owner of the old one, or of its like. */
static bool give_away(const struct secret_draft *draft, const char *config, const char *like,
		      struct err *err)
{
	char other[SECRET_DRAFT_PATH];
	struct stat st;

	if (geteuid() != 0)
		return true;
	if (stat(draft->path, &st) != 0 &&
	    (!like || !find_path(like, config, other) || stat(other, &st) != 0))
		return true;
	return fchown(draft->fd, st.st_uid, st.st_gid) == 0 || fail(draft->temporary, err);
}

bool secret_draft_open(struct secret_draft *draft, const char *name, const char *config,
		       const char *like, struct err *err)
{
	int rc;

	draft->fd = -1;
	if (!find_path(name, config, draft->path) ||
	    snprintf(draft->temporary, sizeof(draft->temporary), "%s.new", draft->path) >=
		    (int)sizeof(draft->temporary))
		return err_set(err, ERR_CONFIG, "%s: the name is too long", name);
	unlink(draft->temporary);
	draft->fd =
		open(draft->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (draft->fd < 0)
		return fail(draft->temporary, err);
	rc = posix_fallocate(draft->fd, 0, ROOM);
	if (rc == 0 && fchmod(draft->fd, 0600) == 0 && give_away(draft, config, like, err) &&
	    fsync(draft->fd) == 0)
		return true;
	errno = rc ? rc : errno;
	if (err->kind == ERR_NONE)
		fail(draft->temporary, err);
	secret_draft_close(draft);
	return false;
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, p, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		p += written;
		n -= (size_t)written;
	}
	return true;
}

/* Entries of the directory last when the machine stops. */
static bool sync_directory(const char *path)
{
	char directory[SECRET_DRAFT_PATH];
	const char *slash = strrchr(path, '/');
	int fd;
	bool ok;

	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

bool secret_draft_keep(struct secret_draft *draft, const struct secret_lines *lines,
		       struct err *err)
{
	struct buf text = BUF_MAX(ROOM);
	bool ok;

	/* It must not grow: of one that does copies stay behind. */
	(void)!buf_extend(&text, ROOM - 1);
	buf_reset(&text);
	for (int i = 0; i < lines->n; i++)
		buf_printf(&text, "%s%s%s\n", lines->secrets[i], lines->labels[i] ? " " : "",
			   lines->labels[i] ? lines->labels[i] : "");
	ok = !text.full && write_all(draft->fd, buf_text(&text), text.len) &&
	     ftruncate(draft->fd, (off_t)text.len) == 0 && fsync(draft->fd) == 0 &&
	     rename(draft->temporary, draft->path) == 0 && sync_directory(draft->path);
	if (!ok)
		fail(draft->path, err);
	explicit_bzero(text.data, text.len);
	buf_free(&text);
	return ok;
}

bool secret_draft_remove(struct secret_draft *draft, struct err *err)
{
	return (unlink(draft->path) == 0 && sync_directory(draft->path)) || fail(draft->path, err);
}

void secret_draft_close(struct secret_draft *draft)
{
	if (draft->fd < 0)
		return;
	close(draft->fd);
	/* Where it was kept it is not there under this name. */
	unlink(draft->temporary);
	draft->fd = -1;
}
