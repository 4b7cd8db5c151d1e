/* SPDX-License-Identifier: MIT */
/*
 * The last so many bytes that a guest wrote.  Pure.
 *
 * Positions count all bytes ever added and never wrap, so that each viewer
 * just remembers how far it has read; one that falls behind by more than the
 * buffer misses the oldest bytes and nobody waits for it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SCROLLBACK_BYTES (64U << 10) /* a power of two */

struct scrollback {
	uint64_t end; /* bytes ever added */
	char bytes[SCROLLBACK_BYTES];
};

/* scrollback_add - append, dropping the oldest bytes. */
void scrollback_add(struct scrollback *s, const char *buf, size_t len);

/* scrollback_start - the oldest position that is still there. */
uint64_t scrollback_start(const struct scrollback *s);

/*
 * scrollback_peek - bytes from a position on.
 * @pos: moved forward if it points before the start; @data: gets a pointer into
 * the buffer, valid until the next add.  Returns how many lie there in one
 * piece; 0 at the end.
 */
size_t scrollback_peek(const struct scrollback *s, uint64_t *pos, const char **data);
