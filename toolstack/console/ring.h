/* SPDX-License-Identifier: MIT */
/*
 * The console ring between a guest and us, read as hostile input.  Pure.
 *
 * Indices run freely and wrap at 2^32.  The guest owns out_prod and in_cons,
 * we own out_cons and in_prod; a guest may write all four, and the bytes, at
 * any moment.  So each of its indices is read once, checked against ours as
 * *we* remember it, and a difference greater than the ring is a broken guest.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <xen/io/console.h>

/* Our side's memory of a ring: never taken from shared memory again. */
struct ring {
	struct xencons_interface *shared;
	uint32_t out_cons;
	uint32_t in_prod;
};

/* ring_init - take over a ring where the last daemon left it. */
void ring_init(struct ring *r, struct xencons_interface *shared);

/*
 * ring_read - take what the guest wrote.
 * Returns the number of bytes in @buf (at most @size), 0 if there are none, or
 * -EPROTO if the guest's index is impossible.  The caller notifies the guest
 * after a positive result.
 */
int ring_read(struct ring *r, char *buf, size_t size);

/*
 * ring_write - give the guest input.
 * Returns how many bytes fitted (0 when it is full), or -EPROTO.
 */
int ring_write(struct ring *r, const char *buf, size_t size);
