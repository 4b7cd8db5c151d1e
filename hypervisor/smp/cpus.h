/* SPDX-License-Identifier: MIT */
/*
 * The processors: which exist, which run, and how they are brought up.
 */
#pragma once

#include "lib/bitmap.h"
#include "x86/layout.h"

extern unsigned int nr_cpus;	  /* started at boot; ids 0 .. nr_cpus-1 */
extern u32 cpu_apic_id[MAX_CPUS]; /* by CPU id */
extern u32 cpu_acpi_id[MAX_CPUS];
extern unsigned long cpu_online_map[1]; /* bit per CPU; a parked one is not online */

#define for_each_online_cpu(cpu) for_each_set_bit (cpu, cpu_online_map, MAX_CPUS)

/*
 * Start every processor the MADT names, up to `maxcpus=` and MAX_CPUS; with
 * `smt=no` one thread of each core.  Each
 * AP initialises itself and then calls the registered entry, which must not
 * return (the idle loop).
 */
void cpus_start(void __noreturn (*entry)(void));

/*
 * What layers above do at bring-up: @ap runs on the new CPU, interrupts off,
 * after its own initialisation and before entry; @boot runs at the same time
 * on the CPU that starts it.  Either may be NULL.  Hooks run in the order they
 * were registered in; both sides finish one before the next.
 */
struct cpus_hook {
	void (*ap)(void);
	void (*boot)(unsigned int cpu);
	struct cpus_hook *next;
};
void cpus_register_hook(struct cpus_hook *hook);

/* From irq/: VECTOR_STOP arrived. */
void __noreturn cpus_stop_here(void);

/* Stop all other CPUs and make the console polled, for panic and reset; never returns on them. */
void cpus_stop_others(void);
