/* SPDX-License-Identifier: MIT */
#include "member.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"

bool member_int(const struct json_at *object, const char *key, struct member_range range,
		int64_t *ret, struct err *err)
{
	struct json_at at = json_member(object, key);
	int64_t n;

	if (json_kind(&at) == JSON_ABSENT)
		return true;
	if (!json_int(&at, &n, err))
		return false;
	if (n < range.least || n > range.most)
		return err_set(err, ERR_DATA,
			       "%s: %" PRId64 " is not within %" PRId64 " and %" PRId64, key, n,
			       range.least, range.most);
	*ret = n;
	return true;
}

bool member_text(const struct json_at *object, const char *key, const char **ret, struct err *err)
{
	struct json_at at = json_member(object, key);

	if (json_kind(&at) == JSON_ABSENT)
		return true;
	if (json_kind(&at) == JSON_NULL) {
		*ret = NULL;
		return true;
	}
	return json_string(&at, ret, err);
}

bool member_bool(const struct json_at *object, const char *key, bool *ret, struct err *err)
{
	struct json_at at = json_member(object, key);
	CLEANUP(buf_free) struct buf text = BUF_MAX(16);

	if (json_kind(&at) == JSON_ABSENT)
		return true;
	if (json_kind(&at) != JSON_BOOL)
		return json_expected(&at, "a boolean", err);
	/* The reader has no getter for booleans; their text is as good. */
	json_write(&at, &text);
	*ret = strcmp(buf_text(&text), "true") == 0;
	return true;
}

bool member_all_known(const struct json_at *object, const char *const *known, struct err *err)
{
	struct json_each each = json_members(object);
	struct json_at member;

	if (json_kind(object) != JSON_OBJECT)
		return json_expected(object, "an object", err);
	while (json_next(&each, &member)) {
		const char *const *k = known;

		while (*k && strcmp(*k, member.key) != 0)
			k++;
		if (!*k)
			return err_set(err, ERR_DATA, "there is no member \"%s\"", member.key);
	}
	return true;
}
