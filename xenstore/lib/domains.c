/* SPDX-License-Identifier: MIT */
/*
 * Domains, their features and quotas, and commands to the daemon.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/handle.h"

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
			 unsigned int eventchn)
{
	return handle_result(xsc_introduce(h->xs, domid, mfn, eventchn));
}

bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target)
{
	return handle_result(xsc_set_target(h->xs, domid, target));
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
	return handle_result(xsc_resume(h->xs, domid));
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
	return handle_result(xsc_release(h->xs, domid));
}

char *xs_get_domain_path(struct xs_handle *h, unsigned int domid)
{
	char *path;

	return handle_result(xsc_domain_path(h->xs, domid, &path)) ? path : NULL;
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
	int rc = xsc_is_introduced(h->xs, domid);

	return handle_result(rc) && rc;
}

char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
	char *answer;

	return handle_result(xsc_control_data(h->xs, cmd, data, len, &answer)) ? answer : NULL;
}

char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
	return xs_control_command(h, cmd, data, len);
}

int xs_suspend_evtchn_port(int domid)
{
	struct xs_handle *h = xs_open(0);
	int port = -1;
	char path[64];
	char *text;

	if (!h)
		return -1;
	snprintf(path, sizeof(path), "/local/domain/%d/device/suspend/event-channel", domid);
	text = xs_read(h, XBT_NULL, path, NULL);
	if (text)
		port = atoi(text);
	free(text);
	xs_close(h);
	return port;
}

bool xs_get_features_supported(struct xs_handle *h, unsigned int *features)
{
	return handle_result(xsc_get_features(h->xs, XSC_GLOBAL, features));
}

bool xs_get_features_domain(struct xs_handle *h, unsigned int domid, unsigned int *features)
{
	return handle_result(xsc_get_features(h->xs, domid, features));
}

bool xs_set_features_domain(struct xs_handle *h, unsigned int domid, unsigned int features)
{
	return handle_result(xsc_set_features(h->xs, domid, features));
}

const char **xs_get_quota_names(struct xs_handle *h, unsigned int *num)
{
	char **names;
	size_t count;

	if (!handle_result(xsc_quota_names(h->xs, &names, &count)))
		return NULL;
	*num = (unsigned int)count;
	return (const char **)(void *)names;
}

bool xs_get_global_quota(struct xs_handle *h, const char *quota, unsigned int *value)
{
	return handle_result(xsc_get_quota(h->xs, XSC_GLOBAL, quota, value));
}

bool xs_set_global_quota(struct xs_handle *h, const char *quota, unsigned int value)
{
	return handle_result(xsc_set_quota(h->xs, XSC_GLOBAL, quota, value));
}

bool xs_get_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
			 unsigned int *value)
{
	return handle_result(xsc_get_quota(h->xs, domid, quota, value));
}

bool xs_set_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
			 unsigned int value)
{
	return handle_result(xsc_set_quota(h->xs, domid, quota, value));
}
