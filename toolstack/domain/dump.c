/* SPDX-License-Identifier: MIT */
/*
 * A guest's memory and registers into a file.
 */
#include "domain/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/core.h"
#include "dump/p2m.h"
#include "hv/domctl.h"
#include "hv/memory.h"
#include "hv/sysctl.h"

/* Frames mapped at once. */
#define BATCH 512

/* A guest's list may name frames twice, or some that have just left it. */
#define ROOM_ABOVE 4096

struct dump {
	struct host *h;
	const struct found_guest *g;
	struct diag *d;
	int fd;
	struct core_layout layout;
	struct core_page *pages;
	size_t nr_pages;
	shared_info_t *shared; /* a copy, one page */
};

static int failed(struct dump *x, int rc, const char *step)
{
	diag_fail(x->d, DIAG_FAILED, "cannot dump guest %s", x->g->name);
	return diag_why(x->d, "%s: %s", step, rc == -ENOSPC ? "no space left" : diag_errno_text(-rc));
}

static int put(struct dump *x, const void *data, size_t bytes, uint64_t at)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t n =
			pwrite(x->fd, (const char *)data + done, bytes - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed(x, n < 0 ? -errno : -ENOSPC, "writing the file");
		done += (size_t)n;
	}
	return 0;
}

static int read_shared(struct dump *x)
{
	uint64_t mfn = x->g->info.shared_info_frame;
	int error = 0;
	const void *page = memory_map_some(&x->h->hv, x->g->domid, &mfn, &error, 1);

	x->shared = malloc(HV_PAGE_SIZE);
	if (!page || error || !x->shared)
		return failed(x,
			      !page   ? -errno
			      : error ? error
				      : -ENOMEM,
			      "reading its shared page");
	memcpy(x->shared, page, HV_PAGE_SIZE);
	memory_unmap(&x->h->hv, page, 1);
	return 0;
}

static int read_list(struct dump *x)
{
	size_t room = x->g->info.tot_pages + ROOM_ABOVE;
	int rc = p2m_read(&x->h->hv, x->g->domid, x->shared, room, &x->pages, &x->nr_pages);

	if (rc != -ENODATA)
		return rc ? failed(x, rc, "reading its list of frames") : 0;
	diag_fail(x->d, DIAG_FAILED, "cannot dump guest %s", x->g->name);
	diag_why(x->d, "its kernel has published no list of its frames");
	return diag_hint(x->d, "wait until it has booted");
}

/* A page of zeroes is left a hole. */
static bool is_zero(const char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, HV_PAGE_SIZE - 1) == 0;
}

static int put_pages(struct dump *x)
{
	uint64_t mfns[BATCH];
	int errors[BATCH];

	for (size_t at = 0; at < x->nr_pages; at += BATCH) {
		size_t n = x->nr_pages - at < BATCH ? x->nr_pages - at : BATCH;
		const char *m;
		int rc = 0;

		for (size_t i = 0; i < n; i++)
			mfns[i] = x->pages[at + i].mfn;
		m = memory_map_some(&x->h->hv, x->g->domid, mfns, errors, n);
		if (!m)
			return failed(x, -errno, "mapping its memory");
		for (size_t i = 0; i < n && !rc; i++)
			if (!errors[i] && !is_zero(m + i * HV_PAGE_SIZE))
				rc = put(x, m + i * HV_PAGE_SIZE, HV_PAGE_SIZE,
					 x->layout.pages + (at + i) * HV_PAGE_SIZE);
		memory_unmap(&x->h->hv, m, n);
		if (rc)
			return rc;
	}
	return 0;
}

static int put_registers(struct dump *x)
{
	vcpu_guest_context_t c;

	for (uint32_t v = 0; v < x->layout.nr_vcpus; v++) {
		int rc = domctl_get_context(&x->h->hv, x->g->domid, v, &c);

		/* One that was never started has none. */
		if (rc == -ENODATA || rc == -ESRCH)
			memset(&c, 0, sizeof(c));
		else if (rc)
			return failed(x, rc, "reading the registers of a vCPU");
		if (put(x, &c, sizeof(c), x->layout.registers + v * sizeof(c)))
			return -1;
	}
	return 0;
}

static int put_all(struct dump *x)
{
	char header[CORE_HEADER_BYTES] __attribute__((aligned(8)));
	struct hv_version v;
	int rc = hv_version_get(&x->h->hv, &v);

	if (rc)
		return failed(x, rc, "asking for the hypervisor's version");
	core_layout(&x->layout, x->g->info.max_vcpu_id + 1, x->nr_pages);
	core_header(header, &x->layout, &v);
	if (put(x, header, sizeof(header), 0) || put_registers(x) ||
	    put(x, x->shared, HV_PAGE_SIZE, x->layout.shared_info) ||
	    put(x, x->pages, x->nr_pages * sizeof(*x->pages), x->layout.table) || put_pages(x))
		return -1;
	if (ftruncate(x->fd, (off_t)x->layout.end) || fsync(x->fd))
		return failed(x, -errno, "writing the file");
	return 0;
}

/* Writes under another name, which becomes the right one at the end. */
static int put_file(struct dump *x, const char *path)
{
	char part[PATH_MAX];
	int rc;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return failed(x, -ENAMETOOLONG, path);
	x->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (x->fd < 0)
		return failed(x, -errno, part);
	rc = put_all(x);
	close(x->fd);
	if (!rc && rename(part, path))
		rc = failed(x, -errno, path);
	if (rc)
		unlink(part);
	return rc;
}

int dump_guest(struct host *h, const struct found_guest *g, const char *path, bool live,
	       size_t *pages, struct diag *d)
{
	struct dump x = { .h = h, .g = g, .d = d, .fd = -1 };
	bool pause = !live && !(g->info.flags & (XEN_DOMINF_paused | XEN_DOMINF_shutdown));
	int rc = 0;

	if (pause)
		rc = domctl_pause(&h->hv, g->domid);
	if (rc)
		return failed(&x, rc, "pausing it");
	rc = read_shared(&x);
	if (!rc)
		rc = read_list(&x);
	if (!rc)
		rc = put_file(&x, path);
	if (pause)
		domctl_unpause(&h->hv, g->domid);
	free(x.pages);
	free(x.shared);
	if (!rc && pages)
		*pages = x.nr_pages;
	return rc;
}
