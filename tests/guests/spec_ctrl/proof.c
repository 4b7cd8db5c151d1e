/* SPDX-License-Identifier: MIT */
/*
 * Claim: what is to be done about faults of speculative execution at each entry, each exit and each change
 * of vCPUs is done there, in the order that makes sense, and in the window between them too.
 * Method: all of it is asked for by name; drive.py follows the processor instruction by instruction.  QEMU
 * ignores the registers that are written; that they exist is what the real processor's CPUID says.
 * OPTIONS: dom0_max_vcpus=2 spec-ctrl=ibrs=on,stibp=on,ssbd=on,ibpb=on,ibpb-entry=on,rsb=on,verw=on,xpti=on
 * LIMIT: 120
 * Proves: XSA-254
 * Proves: XSA-297
 * Proves: XSA-404
 */
#include "guest.h"

__asm__(".globl drive_call, drive_back\n"
	"drive_hypercall:\n\t"
	"mov $17, %eax; xor %edi, %edi; xor %esi, %esi\n" /* xen_version */
	"drive_call: syscall\n"
	"drive_back: ret\n");
void drive_hypercall(void);

/* Written by the driver. */
volatile unsigned int drive_stop;
static volatile unsigned int faults;

static void on_nmi(struct trap *t)
{
	(void)t;
}

static void other(void)
{
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void proof(void)
{
	u64 value;

	trap_set(2, on_nmi);
	say("ready\n");
	while (!drive_stop) {
		__asm__ volatile("call drive_hypercall" ::
					 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
					   "r11", "memory");
		faults += !try_read((void *)64, &value);
	}
	check_is(smp_start(other), 0, "start another vCPU");
	while (drive_stop < 2)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	check(faults > 0, "and it runs on, after %u faults", faults);
}
