/* SPDX-License-Identifier: MIT */
/*
 * What libxenstore.so.4 exports: Debian's <xenstore.h>, and the functions that
 * are newer than it, which programs built against newer headers import.  The
 * version of each is in libxenstore.map.
 *
 * On failure a function returns NULL, false, 0 or -1 as <xenstore.h> says, and
 * sets errno: to what the daemon answered; EBADF if the connection is dead;
 * ECONNRESET if the daemon was started anew before it answered, and nobody
 * knows whether the request was done (client/redo.h).
 */
#pragma once

#pragma GCC visibility push(default)

#include <xenstore.h>

/* The features of the daemon: XENSTORE_SERVER_FEATURE_* bits. */
bool xs_get_features_supported(struct xs_handle *h, unsigned int *features);

/* The features that a domain is offered. */
bool xs_get_features_domain(struct xs_handle *h, unsigned int domid, unsigned int *features);

/* Sets the features that a domain will be offered. */
bool xs_set_features_domain(struct xs_handle *h, unsigned int domid, unsigned int features);

/* The names of the quotas that the daemon has: one allocation, to be freed. */
const char **xs_get_quota_names(struct xs_handle *h, unsigned int *num);

/* A quota for domains that have no value of their own. */
bool xs_get_global_quota(struct xs_handle *h, const char *quota, unsigned int *value);
bool xs_set_global_quota(struct xs_handle *h, const char *quota, unsigned int value);

/* A quota of one domain. */
bool xs_get_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
			 unsigned int *value);
bool xs_set_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
			 unsigned int value);

/*
 * As xs_watch(), but for changes at most @depth levels below the node (0: the
 * node itself).  ENOSYS if the daemon does not know depths.
 */
bool xs_watch_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth);

/* The same, but a daemon that does not know depths watches all below. */
bool xs_watch_try_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth);

#pragma GCC visibility pop
