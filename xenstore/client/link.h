/* SPDX-License-Identifier: MIT */
/*
 * The byte stream to a XenStore daemon, socket or xenbus device: where it is,
 * and whole writes on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Room for the name of a socket or device, with its NUL. */
#define LINK_PATH_MAX 256

/* Where a stream was found, to find it again. */
struct link_address {
	char path[LINK_PATH_MAX];
	/* A socket; else a device, which cannot be opened anew with effect. */
	bool socket;
};

/*
 * Opens the stream; @path as for xsc_open().  Returns a blocking, close-on-exec
 * descriptor and fills *where, or a negative errno.
 */
int link_open(const char *path, struct link_address *where);

/* Opens a stream where one was before.  A descriptor or a negative errno. */
int link_again(const struct link_address *where);

/*
 * Writes all of @len bytes.  0 or a negative errno; *begun tells whether the
 * other side may have got some of them.
 */
int link_write(int fd, const void *data, size_t len, bool *begun);

/* Reads what is there, waiting for the first byte; 0 at the end, or -errno. */
ssize_t link_read(int fd, void *out, size_t len);
