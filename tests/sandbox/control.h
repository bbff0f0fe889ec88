/* SPDX-License-Identifier: MIT */
/*
 * control.h -- Serves the requests of tests to the sandbox itself, under
 * /_sandbox/.
 *
 * No key is needed: a client that can reach the port may do everything. So the
 * program listens on loopback alone.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "httpd.h"
#include "workspace.h"

/* Answers a request to a control endpoint about this workspace. */
void control_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer);

#endif
