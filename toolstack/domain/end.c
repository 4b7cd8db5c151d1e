/* SPDX-License-Identifier: MIT */
/*
 * How guests end.
 */
#include "domain/end.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "config/guest.h"
#include "hv/domctl.h"

#define TOKEN "lamina-end"

enum end_reason end_reason_of(const struct xen_domctl_getdomaininfo *info)
{
	unsigned int code;

	if (info->flags & XEN_DOMINF_dying)
		return END_GONE;
	if (!(info->flags & XEN_DOMINF_shutdown))
		return END_RUNNING;
	code = (info->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;
	return code <= END_SOFT_RESET ? (enum end_reason)code : END_CRASH;
}

const char *end_reason_name(enum end_reason r)
{
	switch (r) {
	case END_POWEROFF: return "powered off";
	case END_REBOOT: return "reboots";
	case END_SUSPEND: return "suspended";
	case END_CRASH: return "crashed";
	case END_WATCHDOG: return "was stopped by its watchdog";
	case END_SOFT_RESET: return "asks for a soft reset";
	case END_RUNNING: return "runs";
	case END_GONE: return "is gone";
	}
	return "stopped";
}

enum end_reason end_look(struct host *h, uint32_t domid, const uint8_t uuid[16])
{
	struct xen_domctl_getdomaininfo info;
	int rc = domctl_info(&h->hv, domid, &info);

	if (rc || memcmp(info.handle, uuid, 16) != 0)
		return END_GONE;
	return end_reason_of(&info);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum end_reason wait_for(struct host *h, uint32_t domid, const uint8_t uuid[16],
				int timeout_ms, bool gone)
{
	int64_t until = now_ms() + timeout_ms;
	enum end_reason r;

	/* The watch fires once at set-up, so no end can fall between. */
	xsc_watch(h->xs, "@releaseDomain", TOKEN);
	for (;;) {
		struct xsc_event ev;
		int64_t left = timeout_ms < 0 ? -1 : until - now_ms();
		int rc;

		r = end_look(h, domid, uuid);
		if (r == END_GONE || (!gone && r != END_RUNNING))
			break;
		if (timeout_ms >= 0 && left <= 0)
			break;
		rc = xsc_read_watch(h->xs, (int)left, &ev);
		if (rc == -EAGAIN)
			continue;
		if (rc)
			break; /* the store is gone; what we know is what we tell */
		xsc_event_clear(&ev);
	}
	xsc_unwatch(h->xs, "@releaseDomain", TOKEN);
	return r;
}

enum end_reason end_wait(struct host *h, uint32_t domid, const uint8_t uuid[16], int timeout_ms)
{
	return wait_for(h, domid, uuid, timeout_ms, false);
}

enum end_reason end_wait_gone(struct host *h, uint32_t domid, const uint8_t uuid[16], int timeout_ms)
{
	return wait_for(h, domid, uuid, timeout_ms, true);
}

int end_destroy(struct host *h, const struct found_guest *g, struct diag *d)
{
	char uuid[GUEST_UUID_TEXT];
	int rc = domctl_destroy(&h->hv, g->domid);

	if (rc && rc != -ESRCH) {
		diag_fail(d, DIAG_FAILED, "cannot destroy guest %s (id %u)", g->name, g->domid);
		diag_why(d, "%s", diag_errno_text(-rc));
		return diag_hint(d, "see `lamina dmesg` for the hypervisor's reason");
	}
	if (!h->xs)
		return 0;
	find_uuid(g, uuid);
	nodes_remove(h->xs, g->domid, uuid);
	return 0;
}
