/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest learns the map of the machine (dom0), of the M2P, of its own memory; nothing is made up.
 * Attack: lists too short, nowhere, in the hypervisor.
 * Defence: as much as fits; an error.
 * Proves: memory_op.XENMEM_machine_memory_map ok refused, memory_op.XENMEM_memory_map refused
 * Proves: memory_op.XENMEM_machphys_mapping ok refused
 * Proves: memory_op.XENMEM_machphys_mfn_list ok refused, memory_op.XENMEM_maximum_ram_page ok
 * Proves: memory_op.XENMEM_maximum_reservation ok refused
 * Proves: memory_op.XENMEM_current_reservation ok refused, memory_op.XENMEM_maximum_gpfn ok refused
 * Proves: memory_op.XENMEM_acquire_resource ok refused
 */
#include "guest.h"

struct e820 {
	u64 start, size;
	u32 type;
} __attribute__((packed));

static struct e820 entries[128];

static long map(unsigned int cmd, unsigned int *n, void *buffer)
{
	struct xen_memory_map m = { .nr_entries = *n };
	long rc;

	m.buffer.p = buffer;
	rc = hypercall2(__HYPERVISOR_memory_op, cmd, &m);
	*n = m.nr_entries;
	return rc;
}

static long count(unsigned int cmd, domid_t dom)
{
	return hypercall2(__HYPERVISOR_memory_op, cmd, &dom);
}

static void counts(void)
{
	long now = count(XENMEM_current_reservation, DOMID_SELF);

	check(now >= (long)start_info->nr_pages - 64 &&
		      count(XENMEM_maximum_reservation, DOMID_SELF) >= now,
	      "%ld frames are ours, and may be", now);
	shared_info->arch.max_pfn = start_info->nr_pages;
	check_is(count(XENMEM_maximum_gpfn, DOMID_SELF), (long)start_info->nr_pages - 1,
		 "the last of them, as the guest says");
	check(count(XENMEM_current_reservation, 9999) == -GUEST_ESRCH &&
		      count(XENMEM_maximum_reservation, 9999) == -GUEST_ESRCH &&
		      count(XENMEM_maximum_gpfn, 9999) == -GUEST_ESRCH,
	      "nobody's are not");
}

static long acquire(unsigned int type, u64 frame, unsigned int n, domid_t dom, xen_pfn_t *list)
{
	struct xen_mem_acquire_resource r = {
		.domid = dom, .type = (u16)type, .nr_frames = n, .frame = frame
	};

	set_xen_guest_handle(r.frame_list, list);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &r);
}

static void resource(void)
{
	u64 *window = page_alloc();
	xen_pfn_t frame = 0;

	/* Xen wants another than oneself. */
	if (on_lamina()) {
		check_is(acquire(XENMEM_resource_grant_table, 0, 1, 0, &frame), 0, "a grant table");
		check(update_va(window, pte_of(frame, PTE_P | PTE_RW | PTE_US), UVMF_INVLPG) == 0 &&
			      try_write(window, 0),
		      "can be mapped");
	}
	check(acquire(XENMEM_resource_grant_table, 0, 1, 9999, &frame) < 0, "of no domain");
	check(acquire(XENMEM_resource_grant_table, 1ULL << 40, 1, 0, &frame) < 0, "far behind it");
	check(acquire(77, 0, 1, 0, &frame) < 0, "of no kind");
}

void proof(void)
{
	struct xen_machphys_mapping mp;
	struct xen_machphys_mfn_list list = { .max_extents = 4 };
	xen_pfn_t extents[5] = { 0, 0, 0, 0, 0x5a5a };
	struct xen_add_to_physmap add = { .domid = DOMID_SELF };
	unsigned int n = 128;
	bool ram = false, order = true;
	long max_ram = hypercall2(__HYPERVISOR_memory_op, XENMEM_maximum_ram_page, 0);

	check_is(map(XENMEM_machine_memory_map, &n, entries), 0, "the machine's memory");
	check(n > 2 && n <= 128, "%u areas", n);
	for (unsigned int i = 0; i < n; i++) {
		ram = ram || (entries[i].type == 1 && entries[i].size > 1 << 20);
		order = order && (!i || entries[i].start >= entries[i - 1].start);
	}
	check(ram && order, "with RAM, in order");
	n = 1;
	check(map(XENMEM_machine_memory_map, &n, entries) <= 0 && n <= 1, "into a short list");
	n = 128;
	check(map(XENMEM_machine_memory_map, &n, (void *)0xdead0000) == -GUEST_EFAULT, "nowhere");
	n = 128;
	check(map(XENMEM_machine_memory_map, &n, (void *)0xffff830000000000) == -GUEST_EFAULT,
	      "into the hypervisor");
	n = 128;
	check(map(XENMEM_memory_map, &n, entries) == -GUEST_ENOSYS || n > 0, "a map of our own");
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, &mp), 0, "the M2P");
	check(mp.v_start == HYPERVISOR_VIRT_START && mp.v_end > mp.v_start, "is where it must be");
	check(mp.max_mfn >= virt_to_mfn(entries), "and knows our frames");
	check(max_ram > 0 && (u64)max_ram <= mp.max_mfn + 1, "the last page of RAM is %lx", max_ram);
	check(try_read((void *)(HYPERVISOR_VIRT_START + virt_to_mfn(entries) * 8), NULL),
	      "readable");
	set_xen_guest_handle(list.extent_start, extents);
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, &list), 0,
		 "its own frames");
	check(list.nr_extents > 0 && list.nr_extents <= 4 && extents[0] && extents[4] == 0x5a5a,
	      "%u of them, no more than asked", list.nr_extents);
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, 0xdead0000) ==
			      -GUEST_EFAULT &&
		      hypercall2(__HYPERVISOR_memory_op, XENMEM_machphys_mfn_list, 0xdead0000) ==
			      -GUEST_EFAULT,
	      "answers nowhere");
	counts();
	resource();
	check(update_va(entries, pte_of(extents[0], PTE_P | PTE_RW | PTE_US), 0) < 0,
	      "cannot be mapped writable");
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &add) < 0,
	      "a call for other kinds of guests");
	check(hypercall2(__HYPERVISOR_memory_op, 63, &add) == -GUEST_ENOSYS, "a call of no kind");
}
