/* SPDX-License-Identifier: MIT */
/*
 * deliveries.h -- Brings the events of webhooks to their addresses.
 *
 * A POST that is not answered with a 2xx within ten seconds is sent again, up
 * to five times, later each time, as the reference has it. Nothing is kept
 * in order: one that waits for another attempt is passed by those after it.
 */
#ifndef DELIVERIES_H
#define DELIVERIES_H

#include "base.h"
#include "buf.h"
#include "calendar.h"
#include "event_loop.h"
#include "http.h"
#include "json_writer.h"

struct deliveries;

/* None yet. They are sent by HTTP, and again by the time of CALENDAR; both must outlive them. */
struct deliveries *deliveries_new(struct event_loop *loop, struct http *http,
				  const struct calendar *calendar) MUST_CHECK;

/* Cuts off deliveries under way, and forgets the rest. */
void deliveries_free(struct deliveries **deliveries);

/* The text to be sent, and its address; copied. */
struct delivery_order {
	int hook; /* the number of its webhook */
	const char *url;
	const char *signature; /* a whole header: "X-Sahut-Signature: ..." */
	const struct buf *body;
	int64_t wait; /* microseconds */
};

/* Sends it, as soon as it has waited. */
void deliveries_add(struct deliveries *deliveries, const struct delivery_order *order);

/* The calendar that they go by. */
const struct calendar *deliveries_calendar(const struct deliveries *deliveries) MUST_CHECK;

/* Nothing more is sent for this webhook. */
void deliveries_forget(struct deliveries *deliveries, int hook);

/* The outcome of one that is under way. Takes the reply over. */
void deliveries_answered(struct http_reply *reply);

/* Writes the members that tests read into an open object. */
void deliveries_write(const struct deliveries *deliveries, struct json_writer *out);

#endif
