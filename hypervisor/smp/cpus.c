/* SPDX-License-Identifier: MIT */
/*
 * The processors, and bringing them up one after the other.
 */
#include "smp/cpus.h"

#include "console/log.h"
#include "lib/string.h"
#include "platform/acpi.h"
#include "platform/cmdline.h"
#include "platform/lapic.h"
#include "platform/refclock.h"
#include "platform/uart.h"
#include "platform/vector.h"
#include "x86/atomic.h"
#include "x86/desc.h"
#include "x86/features.h"
#include "x86/insn.h"
#include "x86/percpu.h"
#include "x86/speculation.h"
#include "x86/trampoline.h"

unsigned int nr_cpus = 1;
u32 cpu_apic_id[MAX_CPUS];
u32 cpu_acpi_id[MAX_CPUS];
unsigned long cpu_online_map[1] = { 1 };

static unsigned int max_cpus = MAX_CPUS;
static bool use_threads = true;
static struct cpus_hook *hooks, **last_hook = &hooks;
static void __noreturn (*idle_entry)(void);

/* How far the CPU being started has come, and how far its starter. */
static u32 ap_step, boot_step;

/* A processor that has not answered after this time will not. */
#define START_TIMEOUT_MS 3000

static bool parse_maxcpus(const char *value)
{
	const char *end;
	u64 n;

	if (!string_to_u64(value, &end, &n) || *end || n == 0)
		return false;
	max_cpus = (unsigned int)MIN(n, (u64)MAX_CPUS);
	return true;
}
CMDLINE_OPTION("maxcpus", parse_maxcpus);

static bool parse_smt(const char *value)
{
	return cmdline_bool(value, &use_threads);
}
CMDLINE_OPTION("smt", parse_smt);

void cpus_register_hook(struct cpus_hook *hook)
{
	hook->next = NULL;
	*last_hook = hook;
	last_hook = &hook->next;
}

static void wait_for(u32 *step, u32 value)
{
	while (atomic_load(step) < value)
		insn_pause();
}

/* A new CPU's first C code: on its own stack, on the host's page tables, interrupts off. */
static void ap_main(void)
{
	unsigned int cpu = this_cpu_id();
	u32 step = 1;

	features_init_cpu();
	desc_init_cpu(cpu);
	features_init_fence();
	lapic_init_cpu();
	atomic_store(&ap_step, step);
	for (struct cpus_hook *h = hooks; h; h = h->next) {
		wait_for(&boot_step, step);
		if (h->ap)
			h->ap();
		atomic_store(&ap_step, ++step);
	}
	wait_for(&boot_step, step);
	atomic_or(&cpu_online_map[0], 1UL << cpu);
	idle_entry();
}

static bool start_one(unsigned int cpu, u32 apic_id)
{
	u32 step = 1;
	u8 page;

	if (percpu_init_cpu(cpu))
		return false;
	ap_step = boot_step = 0;
	page = trampoline_prepare((u64)cpu_info_of(cpu) & ~15UL, ap_main);
	if (!page)
		return false;
	lapic_init_sipi(apic_id, page);
	for (unsigned int ms = 0; !atomic_load(&ap_step); ms++) {
		if (ms == START_TIMEOUT_MS)
			return false;
		refclock_delay_us(1000);
	}
	atomic_store(&boot_step, step);
	for (struct cpus_hook *h = hooks; h; h = h->next) {
		if (h->boot)
			h->boot(cpu);
		wait_for(&ap_step, ++step);
		atomic_store(&boot_step, step);
	}
	while (!test_bit(cpu_online_map, cpu))
		insn_pause();
	return true;
}

/* Whether a CPU that runs is a thread of the same core. */
static bool shares_core(u32 apic_id)
{
	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++)
		if (!((cpu_apic_id[cpu] ^ apic_id) >> cpu_features.thread_bits))
			return true;
	return false;
}

/* Whether to start a processor that the MADT names. */
static bool is_wanted(u32 apic_id)
{
	return nr_cpus < max_cpus && (lapic_is_x2apic() || apic_id <= 0xfe) &&
	       (use_threads || !shares_core(apic_id));
}

void cpus_start(void __noreturn (*entry)(void))
{
	u32 self = lapic_id();
	bool threads = false;

	idle_entry = entry;
	cpu_apic_id[0] = self;
	for (unsigned int i = 0; i < acpi_madt.nr_processors; i++) {
		const struct acpi_processor *p = &acpi_madt.processors[i];

		if (p->apic_id == self) {
			cpu_acpi_id[0] = p->acpi_id;
			continue;
		}
		if (!is_wanted(p->apic_id))
			continue;
		threads |= shares_core(p->apic_id);
		cpu_apic_id[nr_cpus] = p->apic_id;
		cpu_acpi_id[nr_cpus] = p->acpi_id;
		if (!start_one(nr_cpus, p->apic_id)) {
			/* It might still wake up and read the start parameters: start no other. */
			log_err("smp: processor with APIC id %u does not start; going on with %u\n",
				p->apic_id, nr_cpus);
			break;
		}
		nr_cpus++;
	}
	log_info("smp: %u processors online\n", nr_cpus);
	if (threads && speculation.faults & (FAULT_L1TF | FAULT_MDS))
		log_warn("smp: threads of one core can read each other's data (L1TF, MDS): "
			 "guests too; smt=no starts one thread a core\n");
}

void __noreturn cpus_stop_here(void)
{
	atomic_and(&cpu_online_map[0], ~(1UL << this_cpu_id()));
	insn_stop();
}

void cpus_stop_others(void)
{
	unsigned long me = 1UL << this_cpu_id();
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (cpu != this_cpu_id())
			lapic_ipi(cpu_apic_id[cpu], VECTOR_STOP);
	for (unsigned int ms = 0; atomic_load(&cpu_online_map[0]) & ~me && ms < 200; ms++)
		refclock_delay_us(1000);
	uart_set_polled();
}
