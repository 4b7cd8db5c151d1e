/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_vm_assist: variations of the interface that a guest asks for.
 *
 * A 64-bit guest may name those of the peer's list; the ones about 32-bit
 * segments and about page tables describe what is so anyway.
 */
#include "domain/vcpu.h"
#include "hypercall/table.h"

#define ASSISTS                                                                           \
	((1U << VMASST_TYPE_4gb_segments) | (1U << VMASST_TYPE_4gb_segments_notify) |     \
	 (1U << VMASST_TYPE_writable_pagetables) | (1U << VMASST_TYPE_pae_extended_cr3) | \
	 (1U << VMASST_TYPE_architectural_iopl) | (1U << VMASST_TYPE_runstate_update_flag))

long hypercall_vm_assist(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct domain *d = current->domain;

	if (a2 >= 32 || !(ASSISTS & (1U << a2)))
		return -EINVAL;
	switch ((u32)a1) {
	case VMASST_CMD_enable: atomic_or(&d->vm_assist, 1U << a2); break;
	case VMASST_CMD_disable: atomic_and(&d->vm_assist, ~(1U << a2)); break;
	default: return -ENOSYS;
	}
	d->vm_assist_runstate_flag = d->vm_assist & (1U << VMASST_TYPE_runstate_update_flag);
	return 0;
}
