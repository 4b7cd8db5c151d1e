/* SPDX-License-Identifier: MIT */
/*
 * Building the control domain.
 *
 * The order of work: parse the kernel, plan the address space, give the domain
 * its frames, copy kernel and initrd, write page tables, the p2m list and
 * start_info through the direct map, then let paging/ validate and pin the
 * tables as it would for any guest, and set vCPU 0's context.  dom0 gets no
 * page-table privilege here: a bad table is refused.
 */
#include "dom0/build.h"
#include "console/log.h"
#include "dom0/elf.h"
#include "dom0/memory.h"
#include "dom0/plan.h"
#include "domain/access.h"
#include "domain/shared_info.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/type.h"
#include "lib/string.h"
#include "lifecycle/create.h"
#include "platform/cmdline.h"
#include "pv/hypercall_page.h"
#include "pv/pv.h"
#include "sched/sched.h"
#include "smp/cpus.h"
#include "x86/pte.h"

struct build {
	struct domain *d;
	struct elf_image elf;
	struct plan plan;
	u64 *p2m; /* mfn of each pfn, while building */
	unsigned int p2m_order;
	u64 next_table, end_table; /* pfns of tables not yet used */
};

static unsigned int build_max_vcpus;

static bool build_parse_max_vcpus(const char *value)
{
	u64 n;

	if (!string_to_u64(value, NULL, &n) || !n || n > MAX_VCPUS)
		return false;
	build_max_vcpus = (unsigned int)n;
	return true;
}
CMDLINE_OPTION("dom0_max_vcpus", build_parse_max_vcpus);

static bool build_vcpus_pin;

static bool build_parse_vcpus_pin(const char *value)
{
	return cmdline_bool(value, &build_vcpus_pin);
}
CMDLINE_OPTION("dom0_vcpus_pin", build_parse_vcpus_pin);

static void *build_page(struct build *b, u64 pfn)
{
	return mfn_to_virt(mfn(b->p2m[pfn]));
}

/* Copy into consecutive pfns from byte address @paddr on (zero where @src is NULL). */
static void build_copy(struct build *b, u64 paddr, const u8 *src, u64 len)
{
	while (len) {
		u64 offset = paddr & ~PAGE_MASK, n = MIN(len, PAGE_SIZE - offset);

		memcpy((u8 *)build_page(b, paddr >> PAGE_SHIFT) + offset, src, n);
		paddr += n;
		src += n;
		len -= n;
	}
}

/* What the kernel takes for zero: gaps and ends of its segments, tables, start_info, p2m tables. */
static void build_clear(struct build *b)
{
	for (u64 pfn = 0; pfn < b->plan.mapped_end; pfn++)
		memset(build_page(b, pfn), 0, PAGE_SIZE);
	for (u64 i = 0; i < b->plan.nr_p2m_tables; i++)
		memset(build_page(b, b->plan.p2m_tables + i), 0, PAGE_SIZE);
}

static u64 build_take_table(struct build *b)
{
	if (b->next_table == b->end_table)
		panic("dom0: page tables were planned too small\n");
	return b->next_table++;
}

/* Map @va to pfn @pfn, taking tables as needed. */
static void build_map(struct build *b, u64 va, u64 pfn, u64 flags)
{
	pte_t *table = build_page(b, b->plan.tables);

	for (unsigned int level = 4; level > 1; level--) {
		pte_t *e = &table[pte_index(va, level)];

		if (!pte_present(*e))
			*e = pte_make(mfn(b->p2m[build_take_table(b)]),
				      PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED);
		table = mfn_to_virt(pte_mfn(*e));
	}
	table[pte_index(va, 1)] = pte_make(mfn(b->p2m[pfn]), flags);
}

static void build_tables(struct build *b)
{
	const u64 rw = PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY;
	struct plan *p = &b->plan;

	b->next_table = p->tables + 1;
	b->end_table = p->tables + p->nr_tables;
	for (u64 pfn = 0; pfn < p->mapped_end; pfn++) {
		bool table = pfn >= p->tables && pfn < p->tables + p->nr_tables;

		build_map(b, p->virt_base + pfn * PAGE_SIZE, pfn, table ? rw & ~PTE_RW : rw);
	}
	if (!p->p2m_unmapped)
		return;
	b->next_table = p->p2m_tables;
	b->end_table = p->p2m_tables + p->nr_p2m_tables;
	for (u64 i = 0; i < p->nr_p2m; i++)
		build_map(b, p->p2m_va + i * PAGE_SIZE, p->p2m + i, rw);
}

static void build_load(struct build *b)
{
	struct elf_segment seg;

	for (unsigned int i = 0; i < b->elf.nr_phdrs; i++)
		if (elf_segment(&b->elf, i, &seg))
			build_copy(b, seg.paddr - b->elf.paddr_offset, seg.data, seg.filesz);
	if (b->elf.has_hypercall_page) {
		u64 va = b->elf.hypercall_page;

		if (va < b->plan.virt_base ||
		    va - b->plan.virt_base >= b->plan.kernel_end * PAGE_SIZE || va & ~PAGE_MASK)
			panic("dom0: the kernel's hypercall page is outside the kernel\n");
		hypercall_page_fill(build_page(b, (va - b->plan.virt_base) >> PAGE_SHIFT));
	}
}

static void build_p2m(struct build *b)
{
	struct plan *p = &b->plan;

	for (u64 i = 0; i < p->nr_p2m; i++) {
		u64 *page = build_page(b, p->p2m + i);

		for (unsigned int j = 0; j < PAGE_SIZE / 8; j++) {
			u64 pfn = i * (PAGE_SIZE / 8) + j;

			page[j] = pfn < p->nr_pages ? b->p2m[pfn] : ~0ULL;
		}
	}
}

static void build_start_info(struct build *b, const struct boot_module *kernel,
			     const struct boot_module *initrd)
{
	struct plan *p = &b->plan;
	start_info_t *si = build_page(b, p->start_info);
	dom0_vga_console_info_t *vga = (void *)(si + 1);

	string_copy(si->magic, "xen-3.0-x86_64", sizeof(si->magic));
	si->nr_pages = p->nr_pages;
	si->shared_info = mfn_to_maddr(b->d->shared_mfn).v;
	si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
	si->pt_base = p->virt_base + p->tables * PAGE_SIZE;
	si->nr_pt_frames = p->nr_tables;
	si->mfn_list = p->p2m_va;
	if (p->p2m_unmapped) {
		si->first_p2m_pfn = p->p2m;
		si->nr_p2m_frames = p->nr_p2m + p->nr_p2m_tables;
	}
	if (initrd) {
		si->mod_len = initrd->size;
		si->mod_start = p->virt_base + p->initrd * PAGE_SIZE;
		if (p->initrd_unmapped) {
			si->mod_start = p->initrd;
			si->flags |= SIF_MOD_START_PFN;
		}
	}
	si->console.dom0.info_off = sizeof(*si);
	si->console.dom0.info_size = sizeof(*vga);
	vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
	vga->u.text_mode_3.rows = 25;
	vga->u.text_mode_3.columns = 80;
	vga->u.text_mode_3.font_height = 16;
	string_copy((char *)si->cmd_line, kernel->cmdline, MAX_GUEST_CMDLINE);
}

/* Pin the top-level table, which validates every table below it. */
static void build_pin(struct build *b)
{
	struct frame *root = frame_of(mfn(b->p2m[b->plan.tables]));
	int rc;

	spin_lock(&b->d->mm_lock);
	do {
		rc = type_pin(root, FRAME_L4);
	} while (rc == -EINTR);
	spin_unlock(&b->d->mm_lock);
	if (rc)
		panic("dom0: its first page tables were refused (%d)\n", rc);
}

static void build_context(struct build *b)
{
	struct vcpu *v = b->d->vcpu[0];
	vcpu_guest_context_t *c = alloc_bytes(sizeof(*c));
	struct plan *p = &b->plan;
	int rc;

	if (!c)
		panic("dom0: no memory for a context\n");
	c->flags = VGCF_IN_KERNEL | VGCF_online;
	c->user_regs.rip = b->elf.entry;
	c->user_regs.rsp = p->virt_base + (p->stack + 1) * PAGE_SIZE;
	c->user_regs.rsi = p->virt_base + p->start_info * PAGE_SIZE;
	c->user_regs.rflags = RFLAGS_IF;
	c->user_regs.cs = FLAT_KERNEL_CS;
	c->user_regs.ss = FLAT_KERNEL_SS;
	c->kernel_ss = FLAT_KERNEL_SS;
	c->kernel_sp = c->user_regs.rsp;
	c->ctrlreg[3] = xen_pfn_to_cr3(b->p2m[p->tables]);
	do {
		rc = context_set(v, c);
	} while (rc == -EINTR);
	if (rc)
		panic("dom0: its first context was refused (%d)\n", rc);
	v->initialised = true;
	alloc_free_bytes(c);
}

static void build_plan(struct build *b, const struct boot_module *initrd, u64 nr_pages)
{
	struct plan *p = &b->plan;

	p->virt_base = b->elf.virt_base;
	p->kernel_end = (b->elf.paddr_end - b->elf.paddr_offset) >> PAGE_SHIFT;
	p->nr_pages = nr_pages;
	p->initrd_pages = initrd ? DIV_ROUND_UP(initrd->size, PAGE_SIZE) : 0;
	p->initrd_unmapped = b->elf.mod_start_pfn;
	p->p2m_unmapped = b->elf.has_init_p2m;
	p->p2m_base = b->elf.init_p2m;
	if (!plan_make(p))
		panic("dom0: %llu MiB are too few; it needs %llu\n",
		      (unsigned long long)nr_pages >> 8, (unsigned long long)(p->end >> 8) + 1);
}

static struct domain *build_domain(void)
{
	unsigned int n = build_max_vcpus ? build_max_vcpus : nr_cpus;
	struct create_params params = {
		.domid = 0,
		.privileged = true,
		.hardware = true,
		.max_vcpus = n,
		.max_evtchn_port = 0x1ffff,
		.max_grant_frames = 64,
		.max_maptrack_frames = 1024,
	};
	struct domain *d;
	int rc;

	d = create_domain(&params, &rc);
	if (!d)
		panic("dom0: cannot create the domain (%d)\n", rc);
	for (unsigned int i = 0; i < n; i++) {
		rc = create_vcpu(d, i);
		if (rc)
			panic("dom0: cannot create vCPU %u (%d)\n", i, rc);
		if (build_vcpus_pin)
			(void)sched_set_affinity(d->vcpu[i], 1UL << i % nr_cpus, ~0UL);
	}
	if (access_grant_hardware(d))
		panic("dom0: no memory for its access ranges\n");
	return d;
}

static void build_memory(struct build *b, const struct boot_module *initrd)
{
	u64 nr_pages, max_pages;
	mfn_t list;

	memory_dom0_size(&nr_pages, &max_pages);
	b->d->pool.max = max_pages;
	while ((PAGE_SIZE << b->p2m_order) < nr_pages * sizeof(u64))
		b->p2m_order++;
	list = alloc_frames(b->p2m_order, 0, false);
	if (mfn_eq(list, INVALID_MFN))
		panic("dom0: no memory for its frame list\n");
	b->p2m = mfn_to_virt(list);
	/* The list above is given back; until then it lessens what is free. */
	nr_pages = MIN(nr_pages, alloc_free_count() > 512 ? alloc_free_count() - 512 : 0);
	build_plan(b, initrd, nr_pages);
	memory_dom0_populate(b->d, b->p2m, nr_pages);
}

static void build_free_module(const struct boot_module *m)
{
	alloc_add_range(ROUND_UP(m->start, PAGE_SIZE), ROUND_DOWN(m->start + m->size, PAGE_SIZE));
}

void dom0_build(void)
{
	const struct boot_module *kernel = &boot_info.modules[0];
	const struct boot_module *initrd = boot_info.nr_modules > 1 ? &boot_info.modules[1] : NULL;
	static struct build b;
	const char *bad;

	if (!boot_info.nr_modules)
		panic("dom0: no kernel: the boot loader passed no module\n");
	bad = elf_parse(&b.elf, maddr_to_virt(maddr(kernel->start)), kernel->size);
	if (bad)
		panic("dom0: kernel: %s\n", bad);
	b.d = build_domain();
	build_memory(&b, initrd);
	build_clear(&b);
	build_load(&b);
	if (initrd)
		build_copy(&b, b.plan.initrd * PAGE_SIZE, maddr_to_virt(maddr(initrd->start)),
			   initrd->size);
	build_tables(&b);
	build_p2m(&b);
	build_start_info(&b, kernel, initrd);
	build_pin(&b);
	build_context(&b);
	alloc_free_frames(virt_to_mfn(b.p2m), b.p2m_order);
	build_free_module(kernel);
	if (initrd)
		build_free_module(initrd);
	domain_dom0 = b.d;
	log_info("dom0: %s kernel, %llu MiB, %u vCPUs, %llu MiB left free\n",
		 b.elf.guest_os[0] ? b.elf.guest_os : "unnamed",
		 (unsigned long long)b.plan.nr_pages >> 8, b.d->max_vcpus,
		 (unsigned long long)alloc_free_count() >> 8);
}
