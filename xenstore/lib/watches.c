/* SPDX-License-Identifier: MIT */
/*
 * Watches and their events.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/handle.h"

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	/* Events must come in by themselves from now on. */
	if (!handle_result(xsc_start_reader(h->xs)))
		return false;
	return handle_result(xsc_watch(h->xs, path, token));
}

/* Whether the daemon knows depths; asked once. */
static bool knows_depths(struct xs_handle *h)
{
	unsigned int features = h->features;

	if (features == HANDLE_UNASKED) {
		if (!xs_get_features_supported(h, &features))
			return false;
		h->features = features;
	}
	return features & XSC_FEATURE_WATCH_DEPTH;
}

bool xs_watch_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth)
{
	if (!knows_depths(h)) {
		errno = ENOSYS;
		return false;
	}
	if (!handle_result(xsc_start_reader(h->xs)))
		return false;
	return handle_result(xsc_watch_depth(h->xs, path, token, depth));
}

bool xs_watch_try_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth)
{
	return knows_depths(h) ? xs_watch_depth(h, path, token, depth) : xs_watch(h, path, token);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	if (h->flags & XS_UNWATCH_FILTER)
		return handle_result(xsc_unwatch(h->xs, path, token));
	return handle_result(xsc_unwatch_only(h->xs, path, token));
}

int xs_fileno(struct xs_handle *h)
{
	return xsc_event_fd(h->xs);
}

/* The next event as one allocation; @timeout_ms as of xsc_read_watch(). */
static char **next_event(struct xs_handle *h, int timeout_ms)
{
	struct xsc_event event;
	size_t path_size, token_size;
	int rc = xsc_read_watch(h->xs, timeout_ms, &event);
	char **vec;

	if (rc) {
		/* That there will be no more events has an errno of its own. */
		errno = rc == -EAGAIN || rc == -ENOMEM ? -rc : EINVAL;
		return NULL;
	}
	path_size = strlen(event.path) + 1;
	token_size = strlen(event.token) + 1;
	vec = malloc(2 * sizeof(*vec) + path_size + token_size);
	if (vec) {
		vec[XS_WATCH_PATH] = memcpy(vec + 2, event.path, path_size);
		vec[XS_WATCH_TOKEN] = memcpy(vec[XS_WATCH_PATH] + path_size, event.token, token_size);
	}
	xsc_event_clear(&event);
	return vec;
}

char **xs_check_watch(struct xs_handle *h)
{
	return next_event(h, 0);
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
	char **vec = next_event(h, -1);

	if (vec)
		*num = 2;
	return vec;
}
