/* SPDX-License-Identifier: MIT */
#include "config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "buf.h"

#define LONGEST_FILE (1u << 20)

/* Somebody's pattern may match a whole disk. */
#define MOST_FILES 1000

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/* Whether it is not for everybody to put another file in PATH's place. */
static bool is_safe_place(const char *path, const struct stat *file, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX] = ".";
	struct stat st;

	if (slash)
		snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path) + 1, path);
	if (stat(directory, &st) != 0 || !(st.st_mode & S_IWOTH))
		return true;
	/* As /tmp is: everybody has files of their own there. */
	if ((st.st_mode & S_ISVTX) && (file->st_uid == 0 || file->st_uid == geteuid()))
		return true;
	return err_set(err, ERR_CONFIG,
		       "%s lies where anybody may put another file in its place; run: chmod o-w %s",
		       path, directory);
}

/* Whether it is not for everybody to write or replace it, nor the file that a link leads to. */
static bool is_guarded(const char *path, const struct stat *file, struct err *err)
{
	char target[PATH_MAX];

	if (file->st_mode & S_IWOTH)
		return err_set(err, ERR_CONFIG, "%s may be written by anybody; run: chmod o-w %s",
			       path, path);
	return is_safe_place(path, file, err) &&
	       (!realpath(path, target) || is_safe_place(target, file, err));
}

/* The whole file. */
static bool read_file(const char *path, struct buf *text, struct err *err)
{
	/* A pipe would be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	CLEANUP(close_file) FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	char chunk[4096];
	struct stat st;
	size_t n;

	if (!file || fstat(fileno(file), &st) != 0)
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(EISDIR));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s is not a file, but a pipe or a device", path);
	if (!is_guarded(path, &st, err))
		return false;
	while (!text->full && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(text, chunk, n);
	if (ferror(file))
		return err_set(err, ERR_CONFIG, "%s: %s", path, strerror(errno));
	return !text->full || err_set(err, ERR_CONFIG, "%s is longer than 1 MiB", path);
}

static const struct yaml *read_tree(struct config_reader *in, const char *path, struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_FILE);

	if (!read_file(path, &text, err))
		return NULL;
	return yaml_read(in->arena, arena_dup(in->arena, path), buf_text(&text), text.len, err);
}

/* The entries of both lists. */
static const struct yaml *join_lists(struct config_reader *in, const struct yaml *a,
				     const struct yaml *b)
{
	struct yaml *both = arena_alloc(in->arena, sizeof(*both));

	*both = *a;
	both->values = arena_alloc(in->arena, (a->n + b->n + 1) * sizeof(*both->values));
	memcpy(both->values, a->values, a->n * sizeof(*a->values));
	memcpy(both->values + a->n, b->values, b->n * sizeof(*b->values));
	both->n = a->n + b->n;
	return both;
}

/* Adds a key of an included file to the map OUT, which has room for it. */
static void add(struct config_reader *in, struct yaml *out, const struct yaml *key,
		const struct yaml *value)
{
	for (size_t i = 0; i < out->n; i++) {
		if (strcmp(out->keys[i]->text, key->text) != 0)
			continue;
		if (out->values[i]->kind == YAML_LIST && value->kind == YAML_LIST)
			out->values[i] = join_lists(in, out->values[i], value);
		else
			config_reader_complain(in, key, key->text, "it stands in %s:%d, too",
					       out->keys[i]->file, out->keys[i]->line);
		return;
	}
	out->keys[out->n] = key;
	out->values[out->n++] = value;
}

/* The map OUT with all that MORE has. */
static struct yaml *join(struct config_reader *in, const struct yaml *out, const struct yaml *more)
{
	struct yaml *both = arena_alloc(in->arena, sizeof(*both));

	*both = *out;
	both->keys = arena_alloc(in->arena, (out->n + more->n + 1) * sizeof(*both->keys));
	both->values = arena_alloc(in->arena, (out->n + more->n + 1) * sizeof(*both->values));
	memcpy(both->keys, out->keys, out->n * sizeof(*out->keys));
	memcpy(both->values, out->values, out->n * sizeof(*out->values));
	for (size_t i = 0; i < more->n; i++) {
		if (strcmp(more->keys[i]->text, "include") == 0)
			config_reader_complain(in, more->keys[i], "include",
					       "an included file cannot include others");
		else
			add(in, both, more->keys[i], more->values[i]);
	}
	return both;
}

static const struct yaml *include(struct config_reader *in, const struct yaml *root,
				  const struct yaml *pattern)
{
	const char *slash = strrchr(in->path, '/'), *path = pattern->text;
	glob_t found = { .gl_pathc = 0 };

	if (path[0] != '/')
		path = arena_printf(in->arena, "%.*s%s", slash ? (int)(slash - in->path) + 1 : 0,
				    in->path, path);
	if (glob(path, GLOB_NOMAGIC, NULL, &found) != 0)
		return root;
	for (size_t i = 0; i < found.gl_pathc && i < MOST_FILES; i++) {
		struct err err = ERR_INIT;
		const struct yaml *more = read_tree(in, found.gl_pathv[i], &err);

		if (!more)
			config_reader_complain(in, pattern, "include", "%s", err.text);
		else if (more->kind != YAML_MAP)
			config_reader_complain(in, more, "include",
					       "keys and values were expected");
		else
			root = join(in, root, more);
	}
	globfree(&found);
	return root;
}

const struct yaml *config_file_read(struct config_reader *in, struct err *err)
{
	const struct yaml *root = read_tree(in, in->path, err);
	const struct yaml *pattern = root ? yaml_get(root, "include") : NULL;

	if (!root && access(in->path, F_OK) != 0 && errno == ENOENT)
		err_set(err, ERR_CONFIG,
			"%s: %s; sahut-etl init writes a first one, and a sample is "
			"%s/examples/sahut-etl.yaml",
			in->path, strerror(errno), DOCDIR);
	if (!pattern || pattern->kind != YAML_SCALAR || !*pattern->text)
		return root;
	return include(in, root, pattern);
}
