/* SPDX-License-Identifier: MIT */
/*
 * Claim: variations of the interface are those of the list, and do what they say.
 * Attack: numbers at and beyond the end of a word, commands that do not exist.
 * Defence: checked before any shift.
 * Proves: vm_assist.VMASST_TYPE_4gb_segments ok refused, vm_assist.VMASST_TYPE_4gb_segments_notify ok refused
 * Proves: vm_assist.VMASST_TYPE_writable_pagetables ok refused, vm_assist.VMASST_TYPE_pae_extended_cr3 ok refused
 * Proves: vm_assist.VMASST_TYPE_architectural_iopl ok refused
 * Proves: vm_assist.VMASST_TYPE_runstate_update_flag ok refused
 */
#include "guest.h"

static long assist(unsigned int cmd, u64 type)
{
	return hypercall2(__HYPERVISOR_vm_assist, cmd, type);
}

static bool feature(unsigned int bit)
{
	struct xen_feature_info fi = { .submap_idx = 0 };

	hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi);
	return fi.submap >> bit & 1;
}

void proof(void)
{
	static const u8 types[] = {
		VMASST_TYPE_4gb_segments,	 VMASST_TYPE_4gb_segments_notify,
		VMASST_TYPE_writable_pagetables, VMASST_TYPE_architectural_iopl,
		VMASST_TYPE_pae_extended_cr3,	 VMASST_TYPE_runstate_update_flag
	};
	static volatile vcpu_runstate_info_t state;
	u64 address = PTR(&state), entered;

	for (unsigned int i = 0; i < sizeof(types); i++) {
		check(assist(VMASST_CMD_enable, types[i]) == 0, "enable %u", types[i]);
		check(assist(7, types[i]) == -GUEST_ENOSYS, "no other command for it");
		check(assist(VMASST_CMD_disable, types[i]) == 0, "disable %u", types[i]);
	}
	check(assist(VMASST_CMD_enable, 6) == -GUEST_EINVAL, "a type that does not exist");
	check(assist(VMASST_CMD_enable, 64) < 0 && assist(VMASST_CMD_disable, ~0U) < 0,
	      "types beyond a word");
	if (on_lamina()) /* Xen looks at 32 bits */
		check(assist(VMASST_CMD_enable, 1ULL << 32) < 0, "nor with a hole in between");

	check(!feature(XENFEAT_pae_pgdir_above_4gb) || !on_lamina(), "no tables above 4 GiB yet");
	assist(VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3);
	check(feature(XENFEAT_pae_pgdir_above_4gb), "asked for, it is a feature");

	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, &address);
	assist(VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag);
	entered = state.state_entry_time;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	check(!(state.state_entry_time & XEN_RUNSTATE_UPDATE) && state.state_entry_time >= entered,
	      "a runstate at rest has no update flag");
	check(state.state == RUNSTATE_running, "and says that we run");
}
