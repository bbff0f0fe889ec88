/* SPDX-License-Identifier: MIT */
#include "metabase_part.h"

#include <string.h>

#include "metabase_shape.h"

/* No part has it: one that is theirs, and of which we never sent anything. */
#define NEVER "----------------"

/* Of "name=1f20... display=9c41...", the hash of PART; "" where it has none. */
static const char *remembered(const char *text, const char *part, char to[METABASE_SHAPE_SIZE])
{
	size_t n = strlen(part);

	to[0] = '\0';
	for (const char *s = text; s && *s; s = strchr(s, ' '), s += s ? 1 : 0) {
		if (strncmp(s, part, n) != 0 || s[n] != '=' ||
		    strlen(s + n + 1) < METABASE_SHAPE_SIZE - 1)
			continue;
		memcpy(to, s + n + 1, METABASE_SHAPE_SIZE - 1);
		to[METABASE_SHAPE_SIZE - 1] = '\0';
		break;
	}
	return to;
}

/* Whether a part reads as we would write it in the other language: then it is of our making. */
static bool is_of_twin(const struct metabase_base *base, const char *part, const char *now)
{
	char other[METABASE_SHAPE_SIZE];

	if (!base->twin)
		return false;
	metabase_shape_hash(base->twin, part, other);
	return strcmp(other, now) == 0;
}

enum metabase_verdict metabase_part_judge(const struct metabase_base *base, const char *part,
					  const struct json_at *want, const struct json_at *shown)
{
	char wanted[METABASE_SHAPE_SIZE], now[METABASE_SHAPE_SIZE], sent[METABASE_SHAPE_SIZE],
		seen[METABASE_SHAPE_SIZE];
	bool edited, wish;

	metabase_shape_hash(want, part, wanted);
	metabase_shape_hash(shown, part, now);
	if (strcmp(wanted, now) == 0)
		return METABASE_SAME;
	if (base->force || base->untouched || is_of_twin(base, part, now))
		return METABASE_SEND;
	if (base->known.id == 0)
		return base->take ? METABASE_SEND : METABASE_LEFT;
	remembered(base->known.sent, part, sent);
	remembered(base->known.seen, part, seen);
	edited = seen[0] && strcmp(seen, now) != 0;
	wish = strcmp(sent, wanted) != 0;
	if (edited)
		return wish ? METABASE_LEFT : METABASE_KEEP;
	return wish ? METABASE_SEND : METABASE_SAME;
}

static void add(struct buf *out, const char *part, const char *hash)
{
	if (*hash)
		buf_printf(out, "%s%s=%s", out->len > 0 ? " " : "", part, hash);
}

void metabase_part_note(struct metabase_note *note, const struct metabase_base *base,
			const char *part, enum metabase_verdict verdict,
			const struct json_at sides[2])
{
	char hash[METABASE_SHAPE_SIZE];

	if (verdict == METABASE_SAME || verdict == METABASE_SEND) {
		metabase_shape_hash(&sides[0], part, hash);
		add(&note->sent, part, hash);
		metabase_shape_hash(&sides[1], part, hash);
		add(&note->seen, part, hash);
	} else if (base->known.id == 0) {
		add(&note->sent, part, NEVER);
		add(&note->seen, part, NEVER);
	} else {
		add(&note->sent, part, remembered(base->known.sent, part, hash));
		add(&note->seen, part, remembered(base->known.seen, part, hash));
	}
}

void metabase_part_note_free(struct metabase_note *note)
{
	buf_free(&note->sent);
	buf_free(&note->seen);
}

bool metabase_part_note_known(const struct metabase_note *note, const struct metabase_base *base,
			      int64_t id)
{
	return base->known.id == id && strcmp(base->known.sent, buf_text(&note->sent)) == 0 &&
	       strcmp(base->known.seen, buf_text(&note->seen)) == 0;
}
