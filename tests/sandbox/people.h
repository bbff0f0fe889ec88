/* SPDX-License-Identifier: MIT */
/*
 * people.h -- Makes up customers and agents of a shop in Indonesia.
 *
 * Names, telephone numbers and cities, made up from lists by chance. It
 * knows no conversation and no JSON; none of the texts needs escaping there.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "base.h"

/* The facts of a contact. */
struct people_contact {
	const char *first, *last; /* constants; LAST may be "" */
	char phone[20];		  /* E.164 */
	bool hides_phone;	  /* of those without a number: the field is left out, not null */
	unsigned taste;		  /* 0 to 99: decides which channel this contact likes */
};

/* Makes contact NUMBER of the world with this seed up again; always the same. */
void people_contact(uint64_t seed, uint32_t number, struct people_contact *ret);

/* The name of an agent; NUMBER counts from 0, and the names begin anew after a dozen. */
const char *people_agent(unsigned number) MUST_CHECK;

/* A city; any NUMBER. */
const char *people_city(unsigned number) MUST_CHECK;

#endif
