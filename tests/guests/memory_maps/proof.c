/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest learns the map of the machine (dom0), of the M2P, of its own memory; nothing is made up.
 * Attack: lists too short, nowhere, in the hypervisor.
 * Defence: as much as fits; an error.
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
	check(update_va(entries, pte_of(extents[0], PTE_P | PTE_RW | PTE_US), 0) < 0,
	      "cannot be mapped writable");
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &add) < 0,
	      "a call for other kinds of guests");
	check(hypercall2(__HYPERVISOR_memory_op, 63, &add) == -GUEST_ENOSYS, "a call of no kind");
}
