/* SPDX-License-Identifier: MIT */
/*
 * Many store requests at once.
 *
 * A guest has some sixty nodes.  Asked one by one, each costs two switches
 * between us and the daemon; sent together, the daemon answers them in one go.
 * Over /dev/xen/xenbus, which takes one request at a time, it still works.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/perms.h"

/* The answer to one request. */
struct burst_answer {
	int rc;	    /* 0 or a negative errno */
	char *text; /* with a NUL behind it; owned by the burst */
	size_t len;
};

struct burst {
	int fd;
	bool single; /* a device: one request at a time */
	uint32_t tx;
	int rc; /* first error in putting requests together */
	char *out;
	size_t out_len, out_room;
	struct burst_answer *answers; /* one a request, in order */
	size_t count, room;
};

/* burst_open - connect to the daemon.  0 or a negative errno. */
int burst_open(struct burst *b);
void burst_close(struct burst *b);

/* burst_begin - forget requests and answers; what follows belongs to @tx. */
void burst_begin(struct burst *b, uint32_t tx);

/* Requests; each returns its index among the answers. */
size_t burst_add(struct burst *b, uint32_t type, const void *payload, size_t len);
size_t burst_text(struct burst *b, uint32_t type, const char *text);
size_t burst_write(struct burst *b, const char *path, const char *value);
size_t burst_perms(struct burst *b, const char *path, const struct perm *perms, size_t count);

/*
 * burst_run - send what was added and take all answers.
 * Returns 0 if every request was answered, with whatever, else a negative errno.
 */
int burst_run(struct burst *b);
