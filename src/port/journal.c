/* SPDX-License-Identifier: MIT */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "journal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

/* MESSAGE, PRIORITY, MESSAGE_ID, SAHUT_EVENT, SYSLOG_IDENTIFIER. */
#define OWN_FIELDS 5

bool journal_is_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2 ||
	    fstat(STDERR_FILENO, &st) != 0)
		return false;
	return st.st_dev == device && st.st_ino == inode;
}

/* The fields of one entry, in the form that sd_journal_sendv() takes. */
struct entry {
	struct buf text; /* NAME=value, one behind the other */
	size_t begin[LOG_MAX_FIELDS + OWN_FIELDS + 1];
	int n;
};

static void add(struct entry *entry, const char *prefix, const char *name, const char *value)
{
	entry->begin[entry->n++] = entry->text.len;
	buf_str(&entry->text, prefix);
	for (const char *p = name; *p; p++)
		buf_char(&entry->text, (char)toupper((unsigned char)*p));
	buf_char(&entry->text, '=');
	buf_str(&entry->text, value);
	entry->begin[entry->n] = entry->text.len;
}

void journal_write(void *arg, const struct log_line *line)
{
	struct entry entry = { .text = BUF_MAX(65536) };
	struct iovec iov[ARRAY_SIZE(entry.begin)];
	char priority[] = { (char)('0' + line->level), '\0' };

	(void)arg;
	add(&entry, "", "MESSAGE", line->message);
	add(&entry, "", "PRIORITY", priority);
	add(&entry, "", "SYSLOG_IDENTIFIER", "sahut-etl");
	if (line->event)
		add(&entry, "SAHUT_", "EVENT", line->event->name);
	if (line->event && line->event->id)
		add(&entry, "", "MESSAGE_ID", line->event->id);
	for (size_t i = 0; i < line->n; i++)
		add(&entry, "SAHUT_", line->fields[i].key, line->fields[i].value);
	for (int i = 0; i < entry.n; i++) {
		iov[i].iov_base = entry.text.data + entry.begin[i];
		iov[i].iov_len = entry.begin[i + 1] - entry.begin[i];
	}
	if (sd_journal_sendv(iov, entry.n) < 0)
		fprintf(stderr, "<%d>%s\n", (int)line->level, line->message);
	buf_free(&entry.text);
}
