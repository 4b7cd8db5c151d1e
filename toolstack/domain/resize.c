/* SPDX-License-Identifier: MIT */
/*
 * Changing how much memory a running domain has.
 */
#include "domain/resize.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "hv/domctl.h"
#include "hv/sysctl.h"

/* Below these a Linux kernel runs out of memory rather than shrink. */
#define LEAST_KIB      (16UL << 10)
#define LEAST_DOM0_KIB (128UL << 10)

/* A domain that has come this near has done what it was asked. */
#define NEAR_PAGES 256

#define POLL_MS 100

static uint64_t mib(uint64_t kib)
{
	return kib >> 10;
}

static int refuse(const struct found_guest *g, struct diag *d, uint64_t kib)
{
	return diag_fail(d, DIAG_RESOURCES, "guest %s cannot have %llu MiB", g->name,
			 (unsigned long long)mib(kib));
}

/* Whether the machine has what the domain would get on top; its limit is set by then. */
static int check_free(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d)
{
	struct xen_sysctl_physinfo info;
	uint64_t has = g->info.tot_pages << 2, free_kib;

	if (kib <= has || sysctl_physinfo(&h->hv, &info))
		return 0;
	free_kib = (info.free_pages + info.scrub_pages) << 2;
	if (kib - has <= free_kib)
		return 0;
	refuse(g, d, kib);
	diag_why(d, "it has %llu MiB, and %llu MiB are free", (unsigned long long)mib(has),
		 (unsigned long long)mib(free_kib));
	return diag_hint(d, "lamina mem-set %s %llu", g->name,
			 (unsigned long long)mib(has + free_kib));
}

static int check(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d)
{
	uint64_t least = g->domid ? LEAST_KIB : LEAST_DOM0_KIB, target, most;
	int rc = nodes_memory(h->xs, g->domid, &target, &most);

	if (rc) {
		diag_fail(d, DIAG_FAILED, "the size of guest %s cannot be changed", g->name);
		return diag_why(d, "reading its memory/target in the store: %s", strerror(-rc));
	}
	if (kib > most) {
		refuse(g, d, kib);
		diag_why(d, "it was started with a limit of %llu MiB", (unsigned long long)mib(most));
		return diag_hint(d, "maxmem = %llu   in its configuration, then start it anew",
				 (unsigned long long)mib(kib));
	}
	if (kib < least) {
		refuse(g, d, kib);
		diag_why(d, "its kernel would run out of memory");
		return diag_hint(d, "lamina mem-set %s %llu   or more", g->name,
				 (unsigned long long)mib(least));
	}
	return check_free(h, g, kib, d);
}

static int failed(const struct found_guest *g, struct diag *d, int rc, const char *step)
{
	diag_fail(d, DIAG_FAILED, "cannot change the size of guest %s", g->name);
	return diag_why(d, "%s: %s", step, diag_errno_text(-rc));
}

int resize_ask(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d)
{
	int rc;

	if (check(h, g, kib, d))
		return -1;
	rc = domctl_max_mem(&h->hv, g->domid, kib + RESIZE_SLACK_KIB);
	if (rc)
		return failed(g, d, rc, "setting the hypervisor's limit");
	rc = nodes_set_target(h->xs, g->domid, kib);
	return rc ? failed(g, d, rc, "writing memory/target") : 0;
}

int resize_wait(struct host *h, const struct found_guest *g, uint64_t kib, int timeout_ms,
		struct diag *d)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct xen_domctl_getdomaininfo info = { 0 };
	uint64_t want = kib >> 2;

	for (int ms = 0;; ms += POLL_MS) {
		int rc = domctl_info(&h->hv, g->domid, &info);

		if (rc)
			return failed(g, d, rc, "looking how far it is");
		if (info.tot_pages <= want + NEAR_PAGES && info.tot_pages + NEAR_PAGES >= want)
			return 0;
		if (ms >= timeout_ms)
			break;
		nanosleep(&pause, NULL);
	}
	diag_fail(d, DIAG_TIMEOUT, "guest %s has %llu MiB, not %llu", g->name,
		  (unsigned long long)info.tot_pages >> 8, (unsigned long long)mib(kib));
	diag_why(d, info.flags & XEN_DOMINF_paused
			    ? "it is paused, so its balloon driver does nothing"
			    : "its balloon driver does not answer, or has no more to give");
	return diag_hint(d, "lamina mem-set %s %llu   to let it keep that", g->name,
			 (unsigned long long)info.tot_pages >> 8);
}

int resize_limit(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d)
{
	uint64_t target, most;
	int rc = nodes_memory(h->xs, g->domid, &target, &most);

	if (!rc && kib < target) {
		diag_fail(d, DIAG_USAGE, "guest %s cannot be limited to %llu MiB", g->name,
			  (unsigned long long)mib(kib));
		diag_why(d, "it was told to have %llu MiB", (unsigned long long)mib(target));
		return diag_hint(d, "lamina mem-set %s %llu   first", g->name,
				 (unsigned long long)mib(kib));
	}
	rc = domctl_max_mem(&h->hv, g->domid, kib + RESIZE_SLACK_KIB);
	return rc ? failed(g, d, rc, "setting the hypervisor's limit") : 0;
}
