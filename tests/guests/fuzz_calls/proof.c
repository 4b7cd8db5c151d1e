/* SPDX-License-Identifier: MIT */
/*
 * Claim: no hypercall with no arguments whatever stops the machine.
 * Attack: fifty thousand calls with the numbers that calls stumble over, in registers and in memory.
 * Defence: all the rest of these proofs, taken together.
 */
#include "guest.h"

static u64 *buffer;

/* What would end the proof rather than the hypervisor, or fill the log. */
static bool fatal(u64 nr, u64 cmd)
{
	switch (nr) {
	case __HYPERVISOR_set_trap_table:
	case __HYPERVISOR_iret:
	case __HYPERVISOR_multicall:
	case __HYPERVISOR_console_io:
	case __HYPERVISOR_sched_op_compat:
	case __HYPERVISOR_platform_op:
	case __HYPERVISOR_kexec_op:
	case __HYPERVISOR_sysctl:
	case __HYPERVISOR_domctl: return true;
	case __HYPERVISOR_sched_op: return (u32)cmd != SCHEDOP_yield;
	case __HYPERVISOR_vcpu_op: return (u32)cmd == VCPUOP_down || (u32)cmd == VCPUOP_send_nmi;
	case __HYPERVISOR_callback_op: return true;
	case __HYPERVISOR_set_callbacks: return true;
	case __HYPERVISOR_mmuext_op: return false;
	default: return nr > 40 && nr < 48;
	}
}

static void call(void *arg)
{
	u64 nr = fuzz_random() % 49, a[5];

	(void)arg;
	for (int i = 0; i < 5; i++)
		a[i] = fuzz_random() % 3 ? fuzz_word() : PTR(buffer + fuzz_random() % 8);
	if (fatal(nr, a[0]))
		return;
	if (nr == __HYPERVISOR_update_va_mapping || nr == __HYPERVISOR_update_va_mapping_otherdomain)
		a[0] &= 0xffffffff; /* not our own text */
	hypercall(nr, a[0], a[1], a[2], a[3], a[4]);
}

void proof(void)
{
	vcpu_info_t *info = &shared_info->vcpu_info[0];

	buffer = page_alloc();
	/* What a count leads beyond the page ends there. */
	update_va(page_alloc(), 0, UVMF_INVLPG);
	for (int i = 0; i < 50000; i++) {
		for (int j = 0; j < 8; j++)
			buffer[fuzz_random() % 32] = fuzz_word();
		info->evtchn_upcall_mask = 1;
		try_call(call, NULL);
	}
	check(hypercall2(__HYPERVISOR_xen_version, 0, 0) >> 16 == 4, "the hypervisor answers");
	check_is(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0), 0, "and schedules");
	check(now_ns() > 0, "and time goes on");
}
