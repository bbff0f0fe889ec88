/* SPDX-License-Identifier: MIT */
/*
 * member.h -- Reads members of a JSON object that may be left out.
 *
 * For the bodies of the control endpoints: most members have a default, and an
 * unknown one is a typing error worth telling.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include "base.h"
#include "err.h"
#include "json.h"

/* The range of a number, both ends included. */
struct member_range {
	int64_t least, most;
};

/*
 * A whole number within a range; *RET stays as it is when there is none.
 * False with ERR_DATA for all else.
 */
bool member_int(const struct json_at *object, const char *key, struct member_range range,
		int64_t *ret, struct err *err) MUST_CHECK;

/*
 * A string, which lives as long as the tree; *RET stays as it is when there
 * is none, and becomes NULL for null. False with ERR_DATA for all else.
 */
bool member_text(const struct json_at *object, const char *key, const char **ret,
		 struct err *err) MUST_CHECK;

/* A boolean; *RET stays as it is when there is none. False with ERR_DATA for all else. */
bool member_bool(const struct json_at *object, const char *key, bool *ret,
		 struct err *err) MUST_CHECK;

/*
 * Whether all members of OBJECT are in the list, which ends with NULL. False
 * with ERR_DATA, also when it is no object.
 */
bool member_all_known(const struct json_at *object, const char *const *known,
		      struct err *err) MUST_CHECK;

#endif
