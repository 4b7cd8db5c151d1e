/* SPDX-License-Identifier: MIT */
/*
 * Makes a domain out of a kernel, a ramdisk and some numbers.
 *
 * Speed comes from doing things in bulk: memory is given in 2 MiB pieces by
 * one hypercall, every page that we write to is mapped by one call, and the
 * page tables are written in place.  All mappings must be gone before the root
 * is pinned, since a frame cannot be writable and a page table at once.
 */
#include "build/builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build/ptables.h"
#include "build/startinfo.h"
#include "hv/domctl.h"
#include "hv/event.h"
#include "hv/memory.h"

#define PAGE HV_PAGE_SIZE

/* Grants every PV guest comes with, so that its peers need no privilege. */
#define GRANT_CONSOLE 0
#define GRANT_STORE   1

/* The control domain serves store and console. */
#define BACKEND_DOMID 0

/* xl's allowance above a guest's memory, kept so that ballooning rounds alike. */
#define MEM_SLACK_KIB 1024

struct build {
	struct hv *hv;
	const struct builder_request *req;
	struct builder_result *res;
	struct diag *d;
	struct plan plan;
	uint64_t nr_pages;
	uint64_t *mfns;
	uint64_t shared_info_mfn;
};

/* One failure text for all hypervisor steps. */
static int step_failed(struct build *b, int rc, const char *step)
{
	enum diag_code code = rc == -ENOMEM ? DIAG_RESOURCES : DIAG_FAILED;

	diag_fail(b->d, code, "cannot build the guest: %s failed", step);
	diag_why(b->d, "%s", diag_errno_text(-rc));
	if (rc == -ENOMEM)
		diag_hint(b->d, "see `lamina info` for free memory; lower memory= or destroy "
				"another guest");
	else if (rc == -EPERM)
		diag_hint(b->d, "run this in the control domain");
	else
		diag_hint(b->d, "see `lamina dmesg` for the hypervisor's reason");
	return -1;
}

int builder_plan(const struct builder_request *req, struct plan *p, struct diag *d)
{
	const struct elf_image *elf = &req->kernel->elf;
	const struct pv_notes *n = &req->kernel->notes;
	struct plan_request pr = {
		.virt_base = n->virt_base,
		.paddr_offset = n->paddr_offset,
		.paddr_start = elf->paddr_start,
		.paddr_end = elf->paddr_end,
		.entry = n->entry,
		.init_p2m = n->init_p2m == NOTES_UNSET ? PLAN_NO_P2M_ADDRESS : n->init_p2m,
		.mod_start_pfn = n->mod_start_pfn,
		.ramdisk_bytes = req->ramdisk ? req->ramdisk->size : 0,
		.nr_pages = req->memory_kib / (PAGE / 1024),
	};
	const char *why = plan_make(&pr, p);

	if (!why)
		return 0;
	diag_fail(d, DIAG_CONFIG, "cannot lay out a guest for kernel %s", req->kernel_path);
	diag_why(d, "%s", why);
	if (p->end_pfn > pr.nr_pages)
		diag_hint(d, "memory = %llu or more", (unsigned long long)(p->end_pfn >> 8) + 32);
	else
		diag_hint(d, "use a 64-bit Linux PV kernel");
	return -1;
}

static int make_domain(struct build *b)
{
	const struct builder_request *req = b->req;
	uint32_t domid;
	int rc = domctl_create(b->hv, req->uuid, req->max_vcpus, &domid);

	if (rc)
		return step_failed(b, rc, "making an empty domain");
	b->res->domid = domid;

	rc = domctl_max_mem(b->hv, domid, req->memory_kib + MEM_SLACK_KIB);
	if (rc)
		return step_failed(b, rc, "setting its memory limit");
	/* A hypervisor without a settable map lets the guest assume one. */
	rc = memory_set_map(b->hv, domid, req->maxmem_kib << 10);
	if (rc && rc != -ENOSYS)
		return step_failed(b, rc, "setting its memory map");
	/* Of two guests that start at once and do not both fit, one fails here, before any work. */
	rc = memory_claim(b->hv, domid, b->nr_pages);
	if (rc)
		return step_failed(b, rc, "setting its memory aside");
	rc = memory_populate(b->hv, domid, b->mfns, b->nr_pages);
	if (rc)
		return step_failed(b, rc, "giving it memory");
	memory_claim(b->hv, domid, 0);
	return 0;
}

/* The two channels, and the shared page with all events masked. */
static int make_channels(struct build *b)
{
	struct xen_domctl_getdomaininfo info;
	uint32_t domid = b->res->domid;
	shared_info_t *si;
	int rc;

	rc = event_alloc(b->hv, domid, BACKEND_DOMID, &b->res->store_port);
	if (!rc)
		rc = event_alloc(b->hv, domid, BACKEND_DOMID, &b->res->console_port);
	if (rc)
		return step_failed(b, rc, "making event channels");

	rc = domctl_info(b->hv, domid, &info);
	if (rc)
		return step_failed(b, rc, "finding its shared page");
	b->shared_info_mfn = info.shared_info_frame;
	si = memory_map(b->hv, domid, &b->shared_info_mfn, 1);
	if (!si)
		return step_failed(b, -errno, "mapping its shared page");
	memset(si, 0, PAGE);
	for (size_t i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
		si->vcpu_info[i].evtchn_upcall_mask = 1;
	memory_unmap(b->hv, si, 1);
	return 0;
}

/* Which pages are written here, in one list; order is what fill_memory() expects. */
struct window {
	uint64_t kernel, start_info, store, console, tables, stack, list, ramdisk;
	uint64_t pages;
	uint64_t *mfns;
};

static uint64_t window_add(struct window *w, const uint64_t *mfns, uint64_t pfn, uint64_t pages)
{
	uint64_t at = w->pages;

	memcpy(w->mfns + at, mfns + pfn, pages * sizeof(*mfns));
	w->pages += pages;
	return at;
}

static int window_make(struct window *w, const struct build *b)
{
	const struct plan *p = &b->plan;
	/* The list in the region has no frames of its own tables to add. */
	uint64_t list = p->p2m_frames ? p->p2m_frames : p->p2m_pages;

	memset(w, 0, sizeof(*w));
	w->mfns = malloc((p->kernel_pages + p->pt_frames + list + p->ramdisk_pages + 4) *
			 sizeof(*w->mfns));
	if (!w->mfns)
		return -ENOMEM;
	w->kernel = window_add(w, b->mfns, p->kernel_pfn, p->kernel_pages);
	w->start_info = window_add(w, b->mfns, p->start_info_pfn, 1);
	w->store = window_add(w, b->mfns, p->store_pfn, 1);
	w->console = window_add(w, b->mfns, p->console_pfn, 1);
	w->tables = window_add(w, b->mfns, p->root_pfn, p->pt_frames);
	w->stack = window_add(w, b->mfns, p->stack_pfn, 1);
	w->list = window_add(w, b->mfns, p->p2m_pfn, list);
	w->ramdisk = window_add(w, b->mfns, p->ramdisk_pfn, p->ramdisk_pages);
	return 0;
}

static int copy_kernel(const struct build *b, char *to)
{
	const struct elf_image *elf = &b->req->kernel->elf;
	uint64_t base = (b->plan.kernel_pfn << HV_PAGE_SHIFT) + b->req->kernel->notes.paddr_offset;
	uint64_t end = b->plan.kernel_pages << HV_PAGE_SHIFT;
	uint64_t done = 0;

	/*
	 * Zero only what no segment fills.  Segments mostly come in ascending
	 * order; one that does not is preceded by no gap and just overwrites.
	 */
	for (size_t i = 0; i < elf->nr_loads; i++) {
		const struct elf_load *l = &elf->loads[i];
		uint64_t at = l->paddr - base;
		int rc;

		if (at > done)
			memset(to + done, 0, at - done);
		rc = kernel_file_copy(&b->req->kernel->file, to + at, l->offset, l->filesz);
		if (rc)
			return rc;
		memset(to + at + l->filesz, 0, l->memsz - l->filesz);
		if (at + l->memsz > done)
			done = at + l->memsz;
	}
	memset(to + done, 0, end - done);
	return 0;
}

static int copy_ramdisk(const struct build *b, char *to)
{
	const struct kernel_file *r = b->req->ramdisk;

	if (!r)
		return 0;
	memset(to + r->size, 0, (b->plan.ramdisk_pages << HV_PAGE_SHIFT) - r->size);
	return kernel_file_copy(r, to, 0, r->size);
}

/* Writes everything into the mapped window. */
static int fill_window(const struct build *b, const struct window *w, char *m)
{
	const struct plan *p = &b->plan;
	struct startinfo_values v = {
		.mfns = b->mfns,
		.nr_pages = b->nr_pages,
		.shared_info_mfn = b->shared_info_mfn,
		.store_port = b->res->store_port,
		.console_port = b->res->console_port,
		.ramdisk_bytes = b->req->ramdisk ? b->req->ramdisk->size : 0,
		.cmdline = b->req->cmdline,
	};
	char *list = m + w->list * PAGE;
	uint64_t list_bytes = b->nr_pages * sizeof(*b->mfns);
	int rc;

	rc = copy_kernel(b, m + w->kernel * PAGE);
	if (!rc)
		rc = copy_ramdisk(b, m + w->ramdisk * PAGE);
	if (rc)
		return rc;
	memset(m + w->store * PAGE, 0, PAGE);
	memset(m + w->console * PAGE, 0, PAGE);
	memset(m + w->stack * PAGE, 0, PAGE);
	startinfo_fill(m + w->start_info * PAGE, p, &v);
	memcpy(list, b->mfns, list_bytes);
	memset(list + list_bytes, 0, p->p2m_pages * PAGE - list_bytes);
	ptables_write(p, b->mfns, (uint64_t *)(void *)(m + w->tables * PAGE),
		      (uint64_t *)(void *)(list + p->p2m_pages * PAGE));
	return 0;
}

/* Maps the window and fills it; the mapping is left to the process's end. */
static int map_and_fill(const struct build *b, const struct window *w)
{
	char *m = memory_map(b->hv, b->res->domid, w->mfns, w->pages);

	return m ? fill_window(b, w, m) : -errno;
}

/*
 * A child does the filling.  Unmapping foreign memory from a living process is
 * one trap into the hypervisor for each page; a process that ends has its
 * whole page tables released by one call, and its entries cleared by none.
 */
static int fill_memory(struct build *b)
{
	struct window w;
	int rc = window_make(&w, b), status = 0;
	pid_t pid, ended;

	if (rc)
		return step_failed(b, rc, "listing its pages");
	pid = fork();
	if (!pid)
		_exit(-map_and_fill(b, &w));
	rc = pid < 0 ? -errno : 0;
	free(w.mfns);
	if (!rc) {
		do
			ended = waitpid(pid, &status, 0);
		while (ended < 0 && errno == EINTR);
		rc = ended == pid && WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
	}
	return rc ? step_failed(b, rc, "mapping and filling its memory") : 0;
}

/* Lets the control domain map both rings by grant, whatever else it may do. */
static int seed_grants(struct build *b)
{
	const struct plan *p = &b->plan;
	struct memory_grants g;
	grant_entry_v1_t *e;
	int rc = memory_map_grants(b->hv, b->res->domid, &g);

	if (rc)
		return step_failed(b, rc, "mapping its grant table");
	e = g.addr;
	e[GRANT_CONSOLE].domid = BACKEND_DOMID;
	e[GRANT_CONSOLE].frame = (uint32_t)b->mfns[p->console_pfn];
	e[GRANT_CONSOLE].flags = GTF_permit_access;
	e[GRANT_STORE].domid = BACKEND_DOMID;
	e[GRANT_STORE].frame = (uint32_t)b->mfns[p->store_pfn];
	e[GRANT_STORE].flags = GTF_permit_access;
	memory_unmap_grants(b->hv, &g);
	return 0;
}

/* Validates the tables and sets the registers; after this it could run. */
static int arm_vcpu(struct build *b)
{
	const struct pv_notes *n = &b->req->kernel->notes;
	const struct plan *p = &b->plan;
	uint64_t root = b->mfns[p->root_pfn];
	vcpu_guest_context_t ctxt;
	int rc;

	if (n->hypercall_page != NOTES_UNSET) {
		uint64_t pfn = (n->hypercall_page - n->virt_base) >> HV_PAGE_SHIFT;

		if (n->hypercall_page < n->virt_base || pfn < p->kernel_pfn ||
		    pfn >= p->kernel_pfn + p->kernel_pages)
			return step_failed(b, -EFAULT, "finding its hypercall page");
		rc = domctl_hypercall_page(b->hv, b->res->domid, b->mfns[pfn]);
		if (rc)
			return step_failed(b, rc, "filling its hypercall page");
	}
	rc = memory_pin_root(b->hv, b->res->domid, root);
	if (rc)
		return step_failed(b, rc, "validating its page tables");
	startinfo_registers(&ctxt, p, n->entry, root);
	rc = domctl_set_context(b->hv, b->res->domid, 0, &ctxt);
	if (rc)
		return step_failed(b, rc, "setting its registers");
	return 0;
}

int builder_run(struct hv *hv, const struct builder_request *req, struct builder_result *res,
		struct diag *d)
{
	struct build b = { .hv = hv, .req = req, .res = res, .d = d };
	int rc;

	memset(res, 0, sizeof(*res));
	if (builder_plan(req, &b.plan, d))
		return -1;
	b.nr_pages = req->memory_kib / (PAGE / 1024);
	b.mfns = malloc(b.nr_pages * sizeof(*b.mfns));
	if (!b.mfns)
		return step_failed(&b, -ENOMEM, "listing its frames");

	rc = make_domain(&b);
	if (!rc)
		rc = make_channels(&b);
	if (!rc)
		rc = fill_memory(&b);
	if (!rc)
		rc = seed_grants(&b);
	if (!rc)
		rc = arm_vcpu(&b);
	if (rc && res->domid) {
		domctl_destroy(hv, res->domid);
		res->domid = 0;
	}
	res->store_frame = rc ? 0 : b.mfns[b.plan.store_pfn];
	res->console_frame = rc ? 0 : b.mfns[b.plan.console_pfn];
	free(b.mfns);
	return rc;
}
