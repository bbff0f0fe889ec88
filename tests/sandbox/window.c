/* SPDX-License-Identifier: MIT */
#include "window.h"

#include "mem.h"

void window_done(struct window *window)
{
	mem_free(&window->times);
	*window = (struct window){ 0 };
}

static void forget_old(struct window *window, int64_t now)
{
	while (window->n > 0 && window->times[window->first] <= now - WINDOW_LENGTH) {
		window->first = (window->first + 1) % window->room;
		window->n--;
	}
}

/* A larger ring that begins at its beginning. */
static void grow(struct window *window)
{
	size_t room = window->room ? window->room * 2 : 64;
	int64_t *times = mem_new(room * sizeof(*times));

	for (size_t i = 0; i < window->n; i++)
		times[i] = window->times[(window->first + i) % window->room];
	mem_free(&window->times);
	window->times = times;
	window->room = room;
	window->first = 0;
}

size_t window_count(struct window *window, int64_t now)
{
	forget_old(window, now);
	return window->n;
}

void window_add(struct window *window, int64_t now)
{
	forget_old(window, now);
	if (window->n == window->room)
		grow(window);
	window->times[(window->first + window->n) % window->room] = now;
	window->n++;
}

int64_t window_relief(struct window *window, int64_t now)
{
	forget_old(window, now);
	return window->n ? window->times[window->first] + WINDOW_LENGTH - now : 0;
}
