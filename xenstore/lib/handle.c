/* SPDX-License-Identifier: MIT */
/*
 * Opening, closing and restricting handles.
 */
#include "lib/handle.h"

#include <errno.h>
#include <stdlib.h>

bool handle_result(int rc)
{
	if (rc >= 0) {
		/* As Debian's; its test-xenstore takes errno for the result. */
		errno = 0;
		return true;
	}
	/* Callers know a dead connection by this errno. */
	errno = rc == -EPIPE || rc == -EPROTO ? EBADF : -rc;
	return false;
}

static int cut(int fd)
{
	return xentoolcore__restrict_by_dup2_null(fd);
}

static int restrict_handle(struct toolcore_handle *handle, domid_t domid)
{
	struct xs_handle *h = (struct xs_handle *)(void *)handle;

	/* The protocol cannot give rights up, so the handle gives up all. */
	(void)domid;
	return xsc_cut(h->xs, cut);
}

struct xs_handle *xs_open(unsigned long flags)
{
	struct xs_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	if (!handle_result(xsc_open(NULL, &h->xs))) {
		free(h);
		return NULL;
	}
	h->flags = flags;
	h->features = HANDLE_UNASKED;
	h->restriction.restrict_callback = restrict_handle;
	xentoolcore__register_active_handle(&h->restriction);
	return h;
}

struct xs_handle *xs_daemon_open(void)
{
	return xs_open(0);
}

struct xs_handle *xs_daemon_open_readonly(void)
{
	return xs_open(0);
}

struct xs_handle *xs_domain_open(void)
{
	return xs_open(0);
}

void xs_close(struct xs_handle *h)
{
	if (!h)
		return;
	xentoolcore__deregister_active_handle(&h->restriction);
	xsc_close(h->xs);
	free(h);
}

void xs_daemon_close(struct xs_handle *h)
{
	xs_close(h);
}

void xs_daemon_destroy_postfork(struct xs_handle *h)
{
	if (!h)
		return;
	xentoolcore__deregister_active_handle(&h->restriction);
	xsc_abandon(h->xs);
	free(h);
}

bool xs_restrict(struct xs_handle *h, unsigned int domid)
{
	(void)h;
	(void)domid;
	return false;
}
