/* SPDX-License-Identifier: MIT */
/*
 * business_hours.h -- Reads business hours, also of channels and of
 * single days, holidays and targets from the configuration.
 */
#ifndef BUSINESS_HOURS_H
#define BUSINESS_HOURS_H

#include "config_reader.h"
#include "workspace_conf.h"

/*
 * Readers for the table of keys (config_reader.h, KEY_OWN); NODE may be NULL:
 * nothing is given.
 */

/*
 * {mon-fri: "08:00-12:00, 13:00-17:00", sat: "20:00-02:00"} into a struct
 * workspace_hours.
 */
void business_hours_hours(struct config_reader *in, const struct yaml *node, const char *where,
			  void *hours);

/* {2027-03-19: "08:00-12:00", ...} into a struct workspace_dates. */
void business_hours_dates(struct config_reader *in, const struct yaml *node, const char *where,
			  void *dates);

/* [{channel_type: whatsapp, hours: {...}}, ...] into a struct workspace_channels. */
void business_hours_channels(struct config_reader *in, const struct yaml *node, const char *where,
			     void *channels);

/* [2027-01-01, ...] into a struct workspace_holidays. */
void business_hours_holidays(struct config_reader *in, const struct yaml *node, const char *where,
			     void *holidays);

/*
 * [{metric: first_assignment, within: 15m, channel_type: whatsapp}, ...] into
 * a struct workspace_targets.
 */
void business_hours_targets(struct config_reader *in, const struct yaml *node, const char *where,
			    void *targets);

#endif
