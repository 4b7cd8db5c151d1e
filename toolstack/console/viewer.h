/* SPDX-License-Identifier: MIT */
/*
 * A connection to the console daemon: first a request line, then bytes both
 * ways.  Viewers read from the guest's scrollback at their own pace, so a slow
 * one holds up nobody.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "console/scrollback.h"

struct viewer;

/* What viewers look at: a guest's output, and where their typing goes. */
struct viewer_source {
	struct scrollback scrollback;
	struct viewer *viewers;
	void (*input)(struct viewer_source *source, const char *buf, size_t len);
};

/* What all viewers share. */
struct viewer_hub {
	uv_loop_t *loop;
	/* Finds a guest's source, NULL if there is none (yet). */
	struct viewer_source *(*find)(struct viewer_hub *hub, uint32_t domid);
};

#define VIEWER_LINE 64

struct viewer {
	struct viewer *next; /* of the same source, or of those who wait */
	struct viewer_hub *hub;
	struct viewer_source *source; /* NULL before the request, and after the end */
	uv_pipe_t pipe;
	uv_timer_t patience; /* how long a request may take */
	uint64_t pos;	     /* in the scrollback */
	bool writing;
	bool closing;
	bool deaf;	 /* writing to it failed */
	bool mute;	 /* it will say no more */
	bool last_words; /* nothing is read from it any more */
	bool refused;	 /* close once the reason is written */
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
void viewer_accept(uv_stream_t *server, struct viewer_hub *hub);

/* viewer_feed_all - the source has new bytes. */
void viewer_feed_all(struct viewer_source *source);

/* viewer_end_all - the source goes away: write what is left, then close. */
void viewer_end_all(struct viewer_source *source);

/* viewer_offer - a guest's source has come; whoever waited for it is attached. */
void viewer_offer(struct viewer_hub *hub, uint32_t domid, struct viewer_source *source);
