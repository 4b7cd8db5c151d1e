/* SPDX-License-Identifier: MIT */
/*
 * Domains that a tiny dom0 makes: copies of its own image, without its data.
 *
 * A copy has the image at the same addresses, then its start_info, the page it
 * shares with its maker, its p2m list and its tables.  It begins in enter(),
 * each vCPU on a stack of its own.
 */
#include "guest.h"

#define VIRT_BASE   0xffffffff80000000ULL
#define FIRST_PFN   256
#define MAX_PFNS    1024
#define RW	    (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define STACK_BYTES 8192

extern char guest_end[], guest_bss[];
extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];

static u8 stacks[DOMU_VCPUS][STACK_BYTES] __attribute__((aligned(16)));
static u64 mfns[MAX_PFNS]; /* of the domain being made */
static u64 *window;	   /* where its pages are written */
static volatile bool ready;

/* Map @mfn of @id at @va, one of our pages. */
static long map_foreign(const void *va, u64 mfn, u16 id)
{
	mmu_update_t u = { .ptr = pte_maddr(PTR(va), 1), .val = pte_of(mfn, RW) };
	long rc = hypercall4(__HYPERVISOR_mmu_update, &u, 1, 0, id);

	mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
	return rc;
}

static void enter(start_info_t *si, unsigned int vcpu, void (*fn)(volatile u64 *, unsigned int))
{
	volatile u64 *shared = (void *)(PTR(si) + 4096);

	if (vcpu) {
		while (!ready)
			hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	} else {
		guest_init(si);
		ready = true;
	}
	fn(shared, vcpu);
	for (;;)
		;
}

static long set_context(u16 id, unsigned int vcpu, u64 si, u64 fn, u64 root)
{
	static vcpu_guest_context_t c;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel | VGCF_online;
	c.user_regs.rip = PTR(enter);
	c.user_regs.rdi = si;
	c.user_regs.rsi = vcpu;
	c.user_regs.rdx = fn;
	c.user_regs.rsp = PTR(stacks[vcpu]) + STACK_BYTES - 8;
	c.user_regs.cs = FLAT_KERNEL_CS;
	c.user_regs.ss = FLAT_KERNEL_SS;
	c.user_regs.rflags = 0x202;
	c.kernel_ss = FLAT_KERNEL_SS;
	c.kernel_sp = PTR(stacks[vcpu]) + STACK_BYTES;
	c.ctrlreg[3] = xen_pfn_to_cr3(root);
	c.event_callback_eip = PTR(guest_event_entry);
	c.failsafe_callback_eip = PTR(guest_failsafe_entry);
	c.syscall_callback_eip = PTR(guest_syscall_entry);
	for (unsigned int n = 0; trap_entries[n][1]; n++)
		c.trap_ctxt[trap_entries[n][0]] = (trap_info_t){
			.vector = (u8)trap_entries[n][0],
			.cs = FLAT_KERNEL_CS,
			.address = trap_entries[n][1],
		};
	domctl_op.u.vcpucontext.vcpu = vcpu;
	set_xen_guest_handle(domctl_op.u.vcpucontext.ctxt, &c);
	return domctl(XEN_DOMCTL_setvcpucontext, id);
}

static long create(u16 *id, unsigned int vcpus)
{
	long rc = control_create(vcpus);

	if (rc < 0)
		return rc;
	*id = (u16)rc;
	domctl_op.u.max_vcpus.max = vcpus;
	rc = domctl(XEN_DOMCTL_max_vcpus, *id);
	domctl_op.u.max_mem.max_memkb = MAX_PFNS * 4;
	return rc ? rc : domctl(XEN_DOMCTL_max_mem, *id);
}

static long populate(u16 id, u64 end)
{
	struct xen_memory_reservation r = { .nr_extents = end - FIRST_PFN, .domid = id };

	for (u64 pfn = FIRST_PFN; pfn < end; pfn++)
		mfns[pfn] = pfn;
	set_xen_guest_handle(r.extent_start, (xen_pfn_t *)&mfns[FIRST_PFN]);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) -
	       (long)(end - FIRST_PFN);
}

/* Where what follows the image lies, by pfn. */
struct layout {
	u64 info, p2m, tables, l1, end;
};

static struct layout lay_out(void)
{
	struct layout l = { .info = (PTR(guest_end) - VIRT_BASE) >> 12 };

	l.p2m = l.info + 2;
	l.tables = l.p2m + MAX_PFNS / 512;
	l.l1 = l.tables + 3;
	l.end = l.l1 + MAX_PFNS / 512;
	return l;
}

/* Fill the window with what page @pfn begins with. */
static void compose(const struct layout *l, u64 pfn, u64 shared_info_mfn)
{
	u64 va = VIRT_BASE + (pfn << 12);

	memset(window, 0, 4096);
	if (va < PTR(guest_bss)) {
		memcpy(window, (const void *)va, 4096);
	} else if (pfn == l->info) {
		start_info_t *si = (void *)window;

		si->nr_pages = l->end;
		si->shared_info = shared_info_mfn << 12;
		si->pt_base = VIRT_BASE + (l->tables << 12);
		si->mfn_list = VIRT_BASE + (l->p2m << 12);
	} else if (pfn >= l->p2m && pfn < l->tables) {
		memcpy(window, &mfns[(pfn - l->p2m) * 512], 4096);
	} else if (pfn == l->tables) {
		window[511] = pte_of(mfns[pfn + 1], RW);
	} else if (pfn == l->tables + 1) {
		window[510] = pte_of(mfns[pfn + 1], RW);
	} else if (pfn == l->tables + 2) {
		for (u64 i = 0; l->l1 + i < l->end; i++)
			window[i] = pte_of(mfns[l->l1 + i], RW);
	} else if (pfn >= l->l1) {
		for (u64 i = 0, p = (pfn - l->l1) * 512; i < 512; i++, p++)
			if (p < l->end && mfns[p])
				window[i] = pte_of(mfns[p], p < l->tables ? RW : RW & ~PTE_RW);
	}
}

long domu_create(struct domu *u, unsigned int vcpus, void (*fn)(volatile u64 *, unsigned int))
{
	struct layout l = lay_out();
	long rc = create(&u->id, vcpus);
	u64 info;

	if (!window)
		window = page_alloc();
	if (!u->shared)
		u->shared = page_alloc();
	memset(mfns, 0, sizeof(mfns));
	rc = rc ? rc : populate(u->id, l.end);
	rc = rc ? rc : domctl(XEN_DOMCTL_getdomaininfo, u->id);
	info = domctl_op.u.getdomaininfo.shared_info_frame;
	for (u64 pfn = FIRST_PFN; !rc && pfn < l.end; pfn++) {
		rc = map_foreign(window, mfns[pfn], u->id);
		if (!rc)
			compose(&l, pfn, info);
	}
	if (update_va(window, pte_of(virt_to_mfn(window), RW), UVMF_INVLPG))
		rc = -1;
	rc = rc ? rc : map_foreign((void *)u->shared, mfns[l.info + 1], u->id);
	for (unsigned int i = 0; !rc && i < vcpus; i++)
		rc = set_context(u->id, i, VIRT_BASE + (l.info << 12), PTR(fn), mfns[l.tables]);
	return rc;
}

long domu_unpause(const struct domu *u)
{
	return domctl_zero(XEN_DOMCTL_unpausedomain, u->id);
}

long domu_destroy(struct domu *u)
{
	void *page = (void *)u->shared;

	update_va(page, pte_of(virt_to_mfn(page), RW), UVMF_INVLPG);
	memset(page, 0, 4096);
	return control_destroy(u->id);
}

u64 domu_cpu_time(const struct domu *u)
{
	return domctl(XEN_DOMCTL_getdomaininfo, u->id) ? 0 : domctl_op.u.getdomaininfo.cpu_time;
}
