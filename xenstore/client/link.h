/* SPDX-License-Identifier: MIT */
/*
 * The byte stream to a XenStore daemon, socket or xenbus device, and whole
 * messages on it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "protocol/wire.h"

/* A received message: the payload is malloc()ed and ends in an extra NUL. */
struct link_msg {
	struct xsd_sockmsg hdr;
	char *payload;
};

/*
 * Opens the stream; @path as for xsc_open().  Returns a blocking descriptor or
 * a negative errno.
 */
int link_open(const char *path);

/*
 * Sends one message from @count pieces.  Returns 0 or a negative errno;
 * -E2BIG, before anything is sent, if the payload exceeds the protocol's.
 */
int link_send(int fd, uint32_t type, uint32_t tx, const void *const *parts, const size_t *lens,
	      size_t count);

/*
 * Receives one message, waiting at most @timeout_ms (negative: for ever) for
 * it to begin.  Returns 0, -EAGAIN if none began, -EPIPE if the other side
 * closed, -EPROTO if it broke the protocol, or another negative errno.
 */
int link_receive(int fd, int timeout_ms, struct link_msg *msg);
