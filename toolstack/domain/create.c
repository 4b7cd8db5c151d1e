/* SPDX-License-Identifier: MIT */
/*
 * From a configuration to a running guest.
 */
#include "domain/create.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build/builder.h"
#include "hv/domctl.h"
#include "hv/sysctl.h"
#include "store/nodes.h"

/* The kernel and ramdisk of a guest, opened. */
struct images {
	struct kernel kernel;
	struct kernel_file ramdisk;
	char *cmdline;
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void images_close(struct images *im)
{
	kernel_close(&im->kernel);
	kernel_file_close(&im->ramdisk);
	free(im->cmdline);
}

static int images_open(struct images *im, const struct guest_config *g, struct diag *d)
{
	memset(im, 0, sizeof(*im));
	im->ramdisk.fd = -1;
	im->kernel.file.fd = -1;
	if (kernel_open(&im->kernel, g->kernel, HOST_CACHE_DIR, d))
		return -1;
	if (g->ramdisk && kernel_file_open(&im->ramdisk, g->ramdisk, "ramdisk", d)) {
		images_close(im);
		return -1;
	}
	im->cmdline = guest_cmdline(g);
	if (!im->cmdline) {
		images_close(im);
		return diag_fail(d, DIAG_RESOURCES, "out of memory");
	}
	return 0;
}

static struct builder_request request(const struct images *im, const struct guest_config *g)
{
	return (struct builder_request){
		.uuid = g->uuid,
		.kernel = &im->kernel,
		.kernel_path = g->kernel,
		.ramdisk = g->ramdisk ? &im->ramdisk : NULL,
		.cmdline = im->cmdline,
		.memory_kib = (uint64_t)g->memory_mib << 10,
		.maxmem_kib = (uint64_t)g->maxmem_mib << 10,
		.max_vcpus = (uint32_t)g->maxvcpus,
	};
}

static int check_name(struct host *h, const struct guest_config *g, struct diag *d)
{
	struct xen_domctl_getdomaininfo info;
	uint32_t other;

	if (nodes_find(h->xs, XSC_NO_TX, g->name, &other))
		return 0;
	if (domctl_info(&h->hv, other, &info) == -ESRCH) {
		/* Its end went unnoticed; what it left is in nobody's way. */
		nodes_remove(h->xs, other, NULL);
		return 0;
	}
	diag_fail(d, DIAG_RESOURCES, "cannot create guest %s", g->name);
	diag_why(d, "guest %u has that name already", other);
	return diag_hint(d, "lamina destroy %s   or   lamina create FILE name=%.40s-2", g->name,
			 g->name);
}

static int check_memory(struct host *h, const struct guest_config *g, struct diag *d)
{
	struct xen_sysctl_physinfo info;
	uint64_t free_mib, need = (uint64_t)g->memory_mib + 1;

	if (sysctl_physinfo(&h->hv, &info))
		return 0; /* building will tell */
	free_mib = (info.free_pages + info.scrub_pages) >> 8;
	if (need <= free_mib)
		return 0;
	diag_fail(d, DIAG_RESOURCES, "cannot create guest %s", g->name);
	diag_why(d, "it wants %lld MiB of memory and %llu MiB are free", (long long)g->memory_mib,
		 (unsigned long long)free_mib);
	return diag_hint(d, "memory = %llu, or destroy another guest",
			 (unsigned long long)(free_mib > 16 ? free_mib - 8 : free_mib));
}

static int tune_failed(struct host *h, struct diag *d, int rc, const char *what)
{
	(void)h;
	diag_fail(d, DIAG_FAILED, "cannot set the guest's %s", what);
	diag_why(d, "%s", diag_errno_text(-rc));
	return -1;
}

/* Hard or soft affinity, as @a says. */
static int tune_affinity(struct host *h, const struct guest_config *g, uint32_t domid,
			 const struct guest_affinity *a, uint32_t kind, struct diag *d)
{
	int rc = 0;

	_Static_assert(sizeof(struct hv_cpuset) == sizeof(struct guest_cpus), "same sets");
	for (uint32_t v = 0; a->count && v < (uint32_t)g->maxvcpus && !rc; v++) {
		size_t at = a->count == 1 ? 0 : v;
		struct hv_cpuset set;

		if (at >= a->count)
			break;
		memcpy(&set, &a->sets[at], sizeof(set));
		rc = domctl_set_affinity(&h->hv, domid, v, kind, &set);
	}
	if (!rc)
		return 0;
	tune_failed(h, d, rc, kind == XEN_VCPUAFFINITY_HARD ? "CPU affinity" : "soft CPU affinity");
	return diag_hint(d, "cpus = \"all\"; lamina info   shows how many there are");
}

/* Weight, cap and affinity. */
static int tune(struct host *h, const struct guest_config *g, uint32_t domid, struct diag *d)
{
	uint32_t sched;
	int rc;

	if (tune_affinity(h, g, domid, &g->cpus, XEN_VCPUAFFINITY_HARD, d) ||
	    tune_affinity(h, g, domid, &g->cpus_soft, XEN_VCPUAFFINITY_SOFT, d))
		return -1;
	if (!g->weight && !g->cap)
		return 0;
	rc = sysctl_sched_id(&h->hv, &sched);
	if (!rc)
		rc = domctl_set_sched(&h->hv, domid, sched, (uint16_t)(g->weight ? g->weight : 256),
				      (uint16_t)g->cap);
	if (!rc)
		return 0;
	tune_failed(h, d, rc, "CPU weight and cap");
	return diag_hint(d, "remove cpu_weight and cap from the configuration");
}

static int announce(struct host *h, const struct guest_config *g, const struct builder_result *b,
		    struct diag *d)
{
	char uuid[GUEST_UUID_TEXT];
	struct nodes_guest n = {
		.domid = b->domid,
		.name = g->name,
		.uuid = uuid,
		.memory_kib = (uint64_t)g->memory_mib << 10,
		.maxmem_kib = (uint64_t)g->maxmem_mib << 10,
		.vcpus = (uint32_t)g->vcpus,
		.maxvcpus = (uint32_t)g->maxvcpus,
		.store_frame = b->store_frame,
		.store_port = b->store_port,
		.console_frame = b->console_frame,
		.console_port = b->console_port,
		.console_log_kib = (uint32_t)g->console_log_kib,
	};
	int rc;

	guest_uuid_format(g->uuid, uuid);
	rc = nodes_write(&n);
	if (!rc)
		rc = xsc_introduce(h->xs, b->domid, b->store_frame, b->store_port);
	if (!rc)
		return 0;
	if (rc == -EEXIST)
		return check_name(h, g, d);
	diag_fail(d, DIAG_FAILED, "cannot enter guest %s in the store", g->name);
	diag_why(d, "%s", strerror(-rc));
	return diag_hint(d, "check that xenstored runs");
}

void create_undo(struct host *h, const struct guest_config *g, uint32_t domid)
{
	char uuid[GUEST_UUID_TEXT];

	guest_uuid_format(g->uuid, uuid);
	domctl_destroy(&h->hv, domid);
	nodes_remove(h->xs, domid, uuid);
}

int create_check(struct host *h, const struct guest_config *g, struct diag *d)
{
	struct builder_request req;
	struct images im;
	struct plan plan;
	int rc;

	if (images_open(&im, g, d))
		return -1;
	req = request(&im, g);
	rc = builder_plan(&req, &plan, d);
	images_close(&im);
	if (!rc && h && h->xs)
		rc = check_name(h, g, d);
	if (!rc && h)
		rc = check_memory(h, g, d);
	return rc;
}

int create_guest(struct host *h, const struct guest_config *g, struct create_result *res,
		 struct diag *d)
{
	struct builder_request req;
	struct builder_result built;
	struct images im;
	double t0 = now_ms(), t1, t2;
	int rc;

	memset(res, 0, sizeof(*res));
	if (check_name(h, g, d) || check_memory(h, g, d) || images_open(&im, g, d))
		return -1;
	res->kernel_unpacked = im.kernel.unpacked;
	req = request(&im, g);
	t1 = now_ms();
	rc = builder_run(&h->hv, &req, &built, d);
	images_close(&im);
	if (rc)
		return -1;
	t2 = now_ms();
	res->domid = built.domid;
	if (tune(h, g, built.domid, d) || announce(h, g, &built, d)) {
		create_undo(h, g, built.domid);
		return -1;
	}
	res->open_ms = t1 - t0;
	res->build_ms = t2 - t1;
	res->store_ms = now_ms() - t2;
	return 0;
}
