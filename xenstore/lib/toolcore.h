/* SPDX-License-Identifier: MIT */
/*
 * What the libraries of Xen's tools tell libxentoolcore, whose header for them
 * Debian does not ship: which handles are open, so that
 * xentoolcore_restrict_all() can restrict them.  The names and the layout are
 * those of symbol version VERS_1.0.
 */
#pragma once

#include <xentoolcore.h>

struct toolcore_handle {
	/* Restricts the handle to @domid, or makes it useless.  0, or -1 and errno. */
	int (*restrict_callback)(struct toolcore_handle *handle, domid_t domid);
	/* A link of the library's list. */
	void *link[2];
};

/* Both are thread-safe; a callback runs under the library's lock. */
void xentoolcore__register_active_handle(struct toolcore_handle *handle);
void xentoolcore__deregister_active_handle(struct toolcore_handle *handle);

/* Puts /dev/null behind a descriptor.  0, or -1 and errno. */
int xentoolcore__restrict_by_dup2_null(int fd);
