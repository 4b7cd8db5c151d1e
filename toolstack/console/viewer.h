/* SPDX-License-Identifier: MIT */
/*
 * A connection to the console daemon: first a request line, then bytes both
 * ways.  Viewers read from the guest's scrollback at their own pace, so a slow
 * one holds up nobody.
 */
#ifndef LAMINA_CONSOLE_VIEWER_H
#define LAMINA_CONSOLE_VIEWER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct console;
struct consoles;

#define VIEWER_LINE 64

struct viewer {
	struct viewer *next; /* of the same console */
	struct consoles *all;
	struct console *console; /* NULL before the request, and after the end */
	uv_pipe_t pipe;
	uv_timer_t patience; /* how long a request may take */
	uint64_t pos;        /* in the scrollback */
	bool writing;
	bool closing;
	bool last_words; /* close once everything is written */
	int open_handles;
	uint32_t wanted; /* the domain asked for, while it is not there yet */
	bool waiting;
	size_t line_len;
	char line[VIEWER_LINE];
	uv_write_t write;
	char out[4096];
	char in[1024];
};

/* viewer_accept - take a connection from a listening pipe. */
void viewer_accept(uv_stream_t *server, struct consoles *all);

/* viewer_feed - the console has new bytes. */
void viewer_feed(struct viewer *v);

/* viewer_end - the console goes away: write what is left, then close. */
void viewer_end(struct viewer *v);

/* viewer_offer - a console has come; whoever waited for it is attached. */
void viewer_offer(struct consoles *all, struct console *c);

#endif
