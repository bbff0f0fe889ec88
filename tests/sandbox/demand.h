/* SPDX-License-Identifier: MIT */
/*
 * demand.h -- changes that a test asks for: POST /_sandbox/change.
 */
#ifndef DEMAND_H
#define DEMAND_H

#include "httpd.h"
#include "json.h"
#include "workspace.h"

/*
 * Makes the changes that AT describes (see sahut-sandbox(1)) and answers with
 * their ids, or refuses.
 */
void demand_serve(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);

#endif
