/* SPDX-License-Identifier: MIT */
/*
 * A synchronous XenStore client: each call is a request and waits for its
 * answer, over the daemon's socket, or /dev/xen/xenbus where there is none.
 *
 * Every call returns 0 (or a small positive answer) on success and a negative
 * errno on failure: the daemon's own (-ENOENT, -EACCES, -EAGAIN, ...), or
 * -EPIPE/-ECONNRESET and the like when the connection itself fails, after
 * which the handle is only good for xsc_close().  @tx is a transaction from
 * xsc_transaction_start(), or XSC_NO_TX.  What a call allocates, its caller
 * frees with free().
 *
 * Threads may share a handle; their requests are on the way together.  A
 * daemon that was started anew is found again (session.h says how, redo.h what
 * becomes of unanswered requests and open transactions).
 *
 * Build with -I<tree>/xenstore, link build/xenstore/libxsclient.a.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/perms.h"

#define XSC_NO_TX 0

/* Operations that are newer than Debian's <xen/io/xs_wire.h>. */
#define XSC_GET_FEATURE 23
#define XSC_SET_FEATURE 24
#define XSC_GET_QUOTA	25
#define XSC_SET_QUOTA	26
/* Bits of features: a daemon that knows the depth of watches. */
#define XSC_FEATURE_WATCH_DEPTH 4
/* Instead of a domain id: what holds for all. */
#define XSC_GLOBAL -1

struct xsc;

/* One watch event.  Both strings are owned by the event. */
struct xsc_event {
	char *path;
	char *token;
};

/*
 * Connects.  @path is a socket or a device; NULL means, in this order,
 * $XENSTORED_PATH, $XENSTORED_RUNDIR/socket or /run/xenstored/socket,
 * /dev/xen/xenbus, /proc/xen/xenbus.  The descriptors are close-on-exec.
 */
int xsc_open(const char *path, struct xsc **out);

/* Closes and frees; open transactions are lost.  NULL is fine. */
void xsc_close(struct xsc *xs);

/*
 * Frees a handle in a child after fork(), without touching what the parent's
 * goes on with.  NULL is fine.
 */
void xsc_abandon(struct xsc *xs);

/*
 * Starts a thread that reads replies and events as they come, so that
 * xsc_event_fd() can be polled.  Once is enough.
 */
int xsc_start_reader(struct xsc *xs);

/*
 * Lets @cut make the handle's descriptor useless; the handle is dead then and
 * never connects again.  Returns what @cut does.
 */
int xsc_cut(struct xsc *xs, int (*cut)(int fd));

/*
 * A descriptor for poll(), epoll or uv_poll: readable (level-triggered) while
 * xsc_read_watch(xs, 0, ...) has something to give, or the connection is dead.
 * It belongs to the handle; do not read from it.
 */
int xsc_fileno(const struct xsc *xs);

/*
 * As xsc_fileno(), but readable only for events (and death): needs
 * xsc_start_reader().
 */
int xsc_event_fd(const struct xsc *xs);

/*
 * Reads a node.  *value gets a NUL behind its @len bytes (len may be NULL).
 */
int xsc_read(struct xsc *xs, uint32_t tx, const char *path, char **value, size_t *len);

/* Writes @len bytes, making the node and its parents if need be. */
int xsc_write(struct xsc *xs, uint32_t tx, const char *path, const void *value, size_t len);

/* Writes formatted text, without its NUL; at most 4000 bytes. */
int xsc_printf(struct xsc *xs, uint32_t tx, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Makes an empty node if there is none. */
int xsc_mkdir(struct xsc *xs, uint32_t tx, const char *path);

/* Removes a node and all below; -ENOENT only if its parent is missing too. */
int xsc_rm(struct xsc *xs, uint32_t tx, const char *path);

/*
 * Lists child names, however many.  *names is ONE allocation, pointers and
 * text: free(names).  NULL-terminated; *count may be NULL.
 */
int xsc_directory(struct xsc *xs, uint32_t tx, const char *path, char ***names, size_t *count);

/* Gets the permission list of a node; *perms is one allocation. */
int xsc_get_perms(struct xsc *xs, uint32_t tx, const char *path, struct perm **perms, size_t *count);

/* Replaces the permission list; the first entry is the owner. */
int xsc_set_perms(struct xsc *xs, uint32_t tx, const char *path, const struct perm *perms,
		  size_t count);

/*
 * Watches a node and all below.  An event comes at once, and one for every
 * change afterwards, with @token in it.
 */
int xsc_watch(struct xsc *xs, const char *path, const char *token);

/*
 * The same for at most @depth levels below the node.  For a daemon with
 * XSC_FEATURE_WATCH_DEPTH; another ignores the depth.
 */
int xsc_watch_depth(struct xsc *xs, const char *path, const char *token, uint32_t depth);

/* Ends a watch; events that already came in stay. */
int xsc_unwatch_only(struct xsc *xs, const char *path, const char *token);

/* Ends a watch.  Its events that already came in are dropped. */
int xsc_unwatch(struct xsc *xs, const char *path, const char *token);

/*
 * Takes the next watch event.  Waits @timeout_ms (0: not at all, negative:
 * for ever); -EAGAIN if none came.  Free it with xsc_event_clear().
 */
int xsc_read_watch(struct xsc *xs, int timeout_ms, struct xsc_event *event);

/* Frees an event's strings and zeroes it. */
void xsc_event_clear(struct xsc_event *event);

/* Starts a transaction: a snapshot that nobody else changes. */
int xsc_transaction_start(struct xsc *xs, uint32_t *tx);

/*
 * Ends one.  -EAGAIN: what it read or wrote was changed by others meanwhile
 * and nothing was applied; start again.
 */
int xsc_transaction_end(struct xsc *xs, uint32_t tx, bool abort);

/* Tells the daemon of a new domain: ring frame and event channel port. */
int xsc_introduce(struct xsc *xs, uint32_t domid, uint64_t mfn, uint32_t port);

/* Tells the daemon that a domain is gone. */
int xsc_release(struct xsc *xs, uint32_t domid);

/* Tells the daemon that a suspended domain runs again in place. */
int xsc_resume(struct xsc *xs, uint32_t domid);

/* 1 if the domain is introduced, 0 if not. */
int xsc_is_introduced(struct xsc *xs, uint32_t domid);

/* Lends @domid the rights of @target (a stub domain and its guest). */
int xsc_set_target(struct xsc *xs, uint32_t domid, uint32_t target);

/* The home of a domain, such as /local/domain/5. */
int xsc_domain_path(struct xsc *xs, uint32_t domid, char **path);

/* A control command in words; the answer is text. */
int xsc_control(struct xsc *xs, const char *const *words, size_t count, char **answer);

/* A control command followed by @len bytes; the answer is text. */
int xsc_control_data(struct xsc *xs, const char *command, const void *data, size_t len,
		     char **answer);

/* Features that a domain gets, or (XSC_GLOBAL) all that the daemon has. */
int xsc_get_features(struct xsc *xs, int64_t domid, uint32_t *features);

/* Sets the features of a domain that is not introduced yet. */
int xsc_set_features(struct xsc *xs, uint32_t domid, uint32_t features);

/* The names of quotas: *names as of xsc_directory(). */
int xsc_quota_names(struct xsc *xs, char ***names, size_t *count);

/* A quota of one domain, or (XSC_GLOBAL) of all that have none of their own. */
int xsc_get_quota(struct xsc *xs, int64_t domid, const char *name, uint32_t *value);

/* Sets one. */
int xsc_set_quota(struct xsc *xs, int64_t domid, const char *name, uint32_t value);
