/* SPDX-License-Identifier: MIT */
/*
 * Claim: a vCPU's shared areas are where the guest put them, and only in its own memory.
 * Attack: areas that cross a page, are misaligned, in others' frames, set twice; vCPUs that do not exist.
 * Defence: refused, nothing held.
 * Proves: vcpu_op.VCPUOP_initialise refused, vcpu_op.VCPUOP_is_up ok
 * Proves: vcpu_op.VCPUOP_register_vcpu_info ok refused
 * Proves: vcpu_op.VCPUOP_register_runstate_memory_area ok refused
 * Proves: vcpu_op.VCPUOP_register_vcpu_time_memory_area ok refused
 * Proves: vcpu_op.VCPUOP_get_runstate_info ok refused, XSA-327
 */
#include "guest.h"

static long vcpu(unsigned int cmd, u32 id, void *arg)
{
	return hypercall3(__HYPERVISOR_vcpu_op, cmd, id, PTR(arg));
}

static long info(u64 mfn, u32 offset)
{
	vcpu_register_vcpu_info_t op = { .mfn = mfn, .offset = offset };

	return vcpu(VCPUOP_register_vcpu_info, 0, &op);
}

static long area(unsigned int cmd, u64 address)
{
	return vcpu(cmd, 0, &address);
}

void proof(void)
{
	static vcpu_guest_context_t context;
	static volatile vcpu_runstate_info_t state;
	static volatile vcpu_time_info_t times;
	vcpu_runstate_info_t now;
	volatile vcpu_info_t *moved;
	void *page = page_alloc();
	unsigned int before;
	u64 mfn = virt_to_mfn(page);
	u32 far;
	long near;

	check_is(vcpu(VCPUOP_is_up, 0, NULL), 1, "vCPU 0 is up");
	for (unsigned int cmd = 0; cmd < 16; cmd++)
		if (vcpu(cmd, 1, page) >= 0 || vcpu(cmd, 8191, page) >= 0 || vcpu(cmd, ~0U, page) >= 0)
			check(false, "operation %u of a vCPU that does not exist", cmd);
	check(vcpu(99, 0, page) == -GUEST_ENOSYS, "an operation that does not exist");
	check_is(vcpu(VCPUOP_initialise, 0, &context), -GUEST_EEXIST, "it cannot be set up again");
	check_is(vcpu(VCPUOP_get_runstate_info, 0, &now), 0, "its state");
	check(now.state == RUNSTATE_running && now.time[RUNSTATE_running] > 0, "is running");
	check(vcpu(VCPUOP_get_runstate_info, 0, (void *)0xdead0000) == -GUEST_EFAULT, "nowhere");
	check_is(area(VCPUOP_register_runstate_memory_area, PTR(&state)), 0, "an area for it");
	check(state.state == RUNSTATE_running && state.state_entry_time > 0, "is filled");
	check(area(VCPUOP_register_runstate_memory_area, 0xffff830000000000) < 0,
	      "one in the hypervisor");
	check_is(area(VCPUOP_register_runstate_memory_area, 0x5000), 0, "one that is not mapped");
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	check_is(area(VCPUOP_register_runstate_memory_area, 0), 0, "none");
	check_is(area(VCPUOP_register_vcpu_time_memory_area, PTR(&times)), 0, "an area for time");
	check(times.tsc_to_system_mul && !(times.version & 1), "is filled");
	check(area(VCPUOP_register_vcpu_time_memory_area, 0xffff830000000000) < 0,
	      "one in the hypervisor");
	check(info(mfn, 4096 - 32) < 0, "vcpu_info that crosses its page");
	check(info(mfn, 4096) < 0 && info(mfn, ~0U) < 0, "far beyond it");
	check(info(0x300, 0) < 0 && info(~0ULL >> 12, 0) < 0, "in another's frame");
	check(info(PTE_MFN(*pte_at(PTR(page), 2)), 0) < 0, "in a page table");
	check_is(info(mfn, 128), 0, "in a page of ours");
	check(info(mfn, 128) < 0, "but once");
	moved = (vcpu_info_t *)((u8 *)page + 128);
	check(moved->evtchn_upcall_pending, "the guest is told to look everywhere");
	near = event_pair(&far);
	event_clear((u32)near);
	event_mask((u32)near, false);
	moved->evtchn_pending_sel = 0;
	moved->evtchn_upcall_pending = 0;
	before = upcalls;
	event_send(far);
	check(moved->evtchn_upcall_pending && upcalls == before, "an event is told there, masked");
	check(set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, mfn) < 0,
	      "the page cannot become a page table");
}
