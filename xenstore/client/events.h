/* SPDX-License-Identifier: MIT */
/*
 * Watch events that came in while a reply was awaited, and the descriptor
 * that tells a poller about them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct events_item;

struct events {
	struct events_item *head;
	struct events_item **tail;
	/* epoll over the stream and @signal_fd: what a user polls. */
	int poll_fd;
	/* An eventfd, raised while the queue holds something. */
	int signal_fd;
	/* The signal stays raised: nothing more will come. */
	bool ended;
};

/* Sets up the queue beside stream @fd.  0 or a negative errno. */
int events_init(struct events *ev, int fd);

/* Polls the stream again that has a new file behind its descriptor @fd. */
int events_stream(struct events *ev, int fd);

/* Raises the signal for good: a poller must see that the connection is dead. */
void events_end(struct events *ev);

/* Frees queue and descriptors. */
void events_close(struct events *ev);

/*
 * Appends the event in payload @text (path, token), which the queue takes
 * over.  -EPROTO if it is no event; it is freed then.
 */
int events_push(struct events *ev, char *text, size_t len);

/*
 * Takes the oldest.  *text (to be freed) begins with the path, and *token
 * points into it.  False if the queue is empty.
 */
bool events_pop(struct events *ev, char **text, const char **token);

/* Drops queued events that carry @token and lie at or below @path. */
void events_drop(struct events *ev, const char *path, const char *token);
