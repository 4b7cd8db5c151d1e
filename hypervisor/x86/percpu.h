/* SPDX-License-Identifier: MIT */
/*
 * What belongs to one CPU, and how code finds it.
 *
 * Each CPU has a 64 KiB aligned block (x86/layout.h) that holds its stacks.
 * Masking the stack pointer gives the block, whichever of the stacks is in
 * use, and no segment base is involved: the guest keeps both its GS bases in
 * the processor, and an interrupt need not know what it interrupted.
 *
 * At the top of the main stack lives struct cpu_info.  Its first member is
 * the frame of the guest that was interrupted; TSS.rsp0 points behind it.
 *
 * DEFINE_PERCPU variables live in a linker section that is copied for each
 * CPU at bring-up; cpu_info.percpu_delta is the distance of this CPU's copy
 * from the linked one (CPU 0 uses its own copy too).
 */
#pragma once

#include "x86/layout.h"
#include "x86/regs.h"

struct vcpu;

struct cpu_info {
	struct regs guest_regs;
	struct vcpu *current;
	u64 percpu_delta;
	u32 cpu;
	u32 pad[3];
};

/* The processor aligns the stack by 16 before it pushes: nothing may move. */
_Static_assert((sizeof(struct cpu_info) - sizeof(struct regs)) % 16 == 0, "rsp0 is aligned");

static inline unsigned long cpu_block(void)
{
	unsigned long sp;

	asm("mov %%rsp, %0" : "=r"(sp));
	return sp & ~(CPU_BLOCK_SIZE - 1);
}

static inline struct cpu_info *cpu_info(void)
{
	return (struct cpu_info *)(cpu_block() + CPU_BLOCK_SIZE - sizeof(struct cpu_info));
}

/* The CPU we run on; stable as long as we do not schedule, which only the tail of an exit does. */
static inline unsigned int this_cpu_id(void)
{
	return cpu_info()->cpu;
}

/* The vCPU this CPU runs (an idle vCPU if none of a guest's). */
#define current (cpu_info()->current)

/* The registers with which the current guest entered the hypervisor. */
#define guest_regs() (&cpu_info()->guest_regs)

#define DEFINE_PERCPU(type, name)  __section(".percpu") __typeof__(type) percpu__##name
#define DECLARE_PERCPU(type, name) extern __typeof__(type) percpu__##name

extern u64 percpu_delta[MAX_CPUS]; /* distance of each CPU's copy */

#define this_cpu(name) \
	(*(__typeof__(percpu__##name) *)((char *)&percpu__##name + cpu_info()->percpu_delta))
#define per_cpu(name, cpu) \
	(*(__typeof__(percpu__##name) *)((char *)&percpu__##name + percpu_delta[cpu]))

/*
 * Allocate and fill CPU @cpu's per-CPU data and CPU block (stacks, guard page,
 * stub page, TSS).  Boot CPU: called early with @cpu 0.  Returns -ENOMEM.
 * Defined in frame/percpu.c, because it needs memory.
 */
int percpu_init_cpu(unsigned int cpu) __must_check;

/* The block, and the cpu_info, of another CPU. */
static inline u64 cpu_block_of(unsigned int cpu)
{
	return CPU_BLOCKS_START + ((u64)cpu << CPU_BLOCK_SHIFT);
}

static inline struct cpu_info *cpu_info_of(unsigned int cpu)
{
	return (struct cpu_info *)(cpu_block_of(cpu) + CPU_BLOCK_SIZE - sizeof(struct cpu_info));
}
