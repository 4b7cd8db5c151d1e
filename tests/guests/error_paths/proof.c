/* SPDX-License-Identifier: MIT */
/*
 * Claim: an operation that fails half way leaves nothing behind (XSA-113, XSA-316, XSA-317, XSA-318, XSA-327).
 * Attack: make each step fail: no page table, a misaligned entry, all handles taken, all ports taken,
 * the answer nowhere; again and again; then see that the page is free and the port is there.
 * Defence: what was taken is given back in reverse.
 * Proves: XSA-113, XSA-316, XSA-317, XSA-318, XSA-496, XSA-500, XSA-235
 */
#include "guest.h"

static u64 *page, *window, frame;

static bool unused(void)
{
	bool free = set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, frame) == 0;

	free = free && mmuext(MMUEXT_UNPIN_TABLE, frame) == 0;
	return set_writable(page) == 0 && free && !(grant_flags(9) & (GTF_reading | GTF_writing));
}

static gnttab_map_grant_ref_t map(u32 flags, u64 at, u32 ref)
{
	gnttab_map_grant_ref_t op = { .host_addr = at, .flags = flags, .ref = ref };

	op.status = grant_op(GNTTABOP_map_grant_ref, &op, 1) ? 99 : op.status;
	return op;
}

/* XSA-316: a mapping whose entry cannot be written. */
static void map_fails(void)
{
	static const u64 at[] = { 0x5000, 0x800000000000, 0xffff830000000000, 0xffff800000000000,
				  ~7ULL };
	unsigned int good = 0;

	for (int turn = 0; turn < 200; turn++)
		for (unsigned int i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
			good += map(GNTMAP_host_map, at[i], 9).status == 0;
			good += map(GNTMAP_host_map | GNTMAP_device_map, at[i], 9).status == 0;
			good += map(GNTMAP_host_map | GNTMAP_contains_pte, at[i], 9).status == 0;
			good += map(GNTMAP_host_map | GNTMAP_contains_pte | GNTMAP_readonly,
				    (frame << 12) + i, 9)
					.status == 0;
		}
	check_is(good, 0, "4000 mappings where none can be");
	check(unused(), "hold nothing");
	/* An answer that cannot be written back: it is mapped, and the guest does not know. */
	check(grant_op(GNTTABOP_map_grant_ref, (void *)0xdead0000, 1) == -GUEST_EFAULT,
	      "nor one nowhere");
}

/* All handles taken. */
static void handles_run_out(void)
{
	gnttab_map_grant_ref_t op;
	gnttab_unmap_grant_ref_t un;
	u32 n = 0, undone = 0;

	for (;; n++) {
		op = map(GNTMAP_device_map, 0, 9);
		if (op.status || n > 2000000)
			break;
	}
	check(op.status == GNTST_no_space, "%u mappings, then no handle", n);
	check(map(GNTMAP_host_map, PTR(window), 9).status == GNTST_no_space && !try_read(window, NULL),
	      "another kind fails too, and is not there");
	for (u32 h = 0; h < 2 * n && undone < n; h++) {
		un = (gnttab_unmap_grant_ref_t){ .dev_bus_addr = frame << 12, .handle = h };
		if (grant_op(GNTTABOP_unmap_grant_ref, &un, 1) == 0 && un.status == 0)
			undone++;
	}
	check_is(undone, n, "as many undone");
	check(unused(), "nothing is held");
	op = map(GNTMAP_host_map, PTR(window), 9);
	un = (gnttab_unmap_grant_ref_t){ .host_addr = PTR(window), .handle = op.handle };
	say("# status %d handle %x\n", op.status, op.handle);
	check(op.status == 0 && grant_op(GNTTABOP_unmap_grant_ref, &un, 1) == 0 && un.status == 0,
	      "and mapping works again");
}

/* XSA-318: each copy of a long, interrupted batch has its own result. */
static void copy_batch(void)
{
	enum { N = 400 };
	static gnttab_copy_t ops[N];
	vcpu_set_periodic_timer_t period = { .period_ns = 1000000 };
	u64 *to = page_alloc();
	unsigned int bad = 0;

	for (unsigned int i = 0; i < N; i++) {
		ops[i] = (gnttab_copy_t){ .len = 4096, .status = 77 };
		ops[i].source.u.gmfn = i % 7 == 3 ? 0x300 : frame;
		ops[i].dest.u.gmfn = virt_to_mfn(to);
		ops[i].source.domid = ops[i].dest.domid = DOMID_SELF;
		if (i % 5 == 2) {
			ops[i].source.u.ref = 9;
			ops[i].source.domid = 0;
			ops[i].flags = GNTCOPY_source_gref;
		}
	}
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &period);
	check_is(grant_op(GNTTABOP_copy, ops, N), 0, "400 copies");
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
	for (unsigned int i = 0; i < N; i++)
		bad += i % 7 == 3 && i % 5 != 2 ? ops[i].status >= 0 : ops[i].status != 0;
	check_is(bad, 0, "each with its own result");
	check(unused(), "nothing is held");
}

static void ports_run_out(void)
{
	evtchn_alloc_unbound_t op = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	evtchn_bind_interdomain_t bind = { .remote_dom = DOMID_SELF };
	/* cppcheck-suppress legacyUninitvar */
	evtchn_bind_virq_t virq = { .virq = VIRQ_DEBUG };
	evtchn_bind_ipi_t ipi = { .vcpu = 0 };
	evtchn_reset_t reset = { .dom = DOMID_SELF };
	unsigned int good = 0;
	u32 last = 0;

	while (event_op(EVTCHNOP_alloc_unbound, &op) == 0)
		last = op.port;
	bind.remote_port = last;
	for (int i = 0; i < 100; i++) {
		good += event_op(EVTCHNOP_bind_interdomain, &bind) == 0;
		good += event_op(EVTCHNOP_bind_virq, &virq) == 0;
		good += event_op(EVTCHNOP_bind_ipi, &ipi) == 0;
	}
	check_is(good, 0, "300 channels where there is no port");
	event_close(last);
	check(event_op(EVTCHNOP_bind_virq, &virq) == 0 && virq.port == last,
	      "a port is closed: the virq was not lost");
	check(event_op(EVTCHNOP_bind_ipi, &ipi) == -GUEST_ENOSPC, "and no other is free");
	event_op(EVTCHNOP_reset, &reset);
	/* The answer nowhere. */
	for (int i = 0; i < 50; i++)
		event_op(EVTCHNOP_bind_ipi, (void *)0xdead0000);
	check_is(event_op(EVTCHNOP_alloc_unbound, &op), 0, "answers nowhere cost no port");
	check(op.port < 8, "it is port %u", op.port);
}

/* XSA-113: no reference of an M2P update is left. */
static void machphys(void)
{
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
	u64 pfn = ((const u64 *)HYPERVISOR_VIRT_START)[frame];
	xen_pfn_t list = frame;
	unsigned int bad = 0;

	for (int i = 0; i < 1000; i++)
		bad += mmu_update(frame << 12 | MMU_MACHPHYS_UPDATE, pfn) != 0;
	check_is(bad, 0, "a thousand updates of the M2P");
	update_va(page, 0, UVMF_INVLPG);
	set_xen_guest_handle(r.extent_start, &list);
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r), 1,
		 "give the page back");
	check(update_va(page, pte_of(frame, PTE_P | PTE_US), 0) < 0 &&
		      mmu_update(frame << 12 | MMU_MACHPHYS_UPDATE, pfn) < 0,
	      "it is gone");
}

void proof(void)
{
	check(grant_setup(), "a grant table");
	page = page_alloc();
	window = page_alloc();
	frame = virt_to_mfn(page);
	update_va(window, 0, UVMF_INVLPG);
	grant_give(9, frame, GTF_permit_access);
	map_fails();
	if (on_lamina()) /* Xen counts uses of a grant in a byte and never gets there */
		handles_run_out();
	copy_batch();
	ports_run_out();
	machphys();
}
