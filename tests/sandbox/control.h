/* SPDX-License-Identifier: MIT */
/*
 * control.h -- what tests ask of the sandbox itself, under /_sandbox/.
 *
 * No key is needed: whoever can reach the port may do everything. It is why
 * the program listens on loopback alone.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "httpd.h"
#include "workspace.h"

/* Answers a request to a control endpoint about this workspace. */
void control_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer);

#endif
