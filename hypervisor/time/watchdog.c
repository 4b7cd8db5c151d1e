/* SPDX-License-Identifier: MIT */
/*
 * Looks, and the report.
 */
#include "time/watchdog.h"

#include "console/panic.h"
#include "lib/string.h"
#include "platform/cmdline.h"
#include "platform/lapic.h"
#include "smp/cpus.h"
#include "smp/softirq.h"
#include "time/clock.h"
#include "time/timer.h"
#include "x86/atomic.h"

#define LOOK_NS 1000000000UL

static void look(void *arg);

struct watchdog {
	struct timer timer;
	u64 missed; /* looks at this CPU, one after the other, that found its softirq pending */
	u32 asked;  /* 1: for registers; 2: and answered */
	struct regs regs; /* the answer */
};

static DEFINE_PERCPU(struct watchdog, watchdog) = { .timer.fn = look };

static u64 limit = 10;
static bool enabled = true, panics;

static bool parse_watchdog(const char *value)
{
	panics = !strcmp(value, "panic");
	return panics || cmdline_bool(value, &enabled);
}
CMDLINE_OPTION("watchdog", parse_watchdog);

static bool parse_timeout(const char *value)
{
	return string_to_u64(value, NULL, &limit);
}
CMDLINE_OPTION("watchdog_timeout", parse_timeout);

/* Look at @cpu: whether it is no case for a report.  That comes a look after the question. */
static bool is_well(unsigned int cpu)
{
	struct watchdog *w = &per_cpu(watchdog, cpu);

	if (!(READ_ONCE(per_cpu(softirq_bits, cpu)) & 1u << SOFTIRQ_WATCHDOG)) {
		w->missed = 0;
		softirq_raise_on(cpu, SOFTIRQ_WATCHDOG);
	} else if (w->missed++ == limit) {
		log_err("watchdog: CPU %u has not answered for %lu s\n", cpu, limit);
		if (atomic_xchg(&w->asked, 0) == 2)
			panic_regs(&w->regs, cpu);
		if (panics)
			panic("CPU %u hangs\n", cpu);
	} else if (w->missed == limit) {
		atomic_store(&w->asked, 1);
		lapic_ipi(cpu_apic_id[cpu], LAPIC_NMI);
	}
	return w->missed <= limit;
}

static void look(void *arg)
{
	unsigned int me = this_cpu_id(), cpu = me;

	do
		cpu = (cpu + 1) % nr_cpus;
	while (cpu != me && !(test_bit(cpu_online_map, cpu) && is_well(cpu)));
	timer_set(&this_cpu(watchdog).timer, clock_now() + LOOK_NS);
}

void watchdog_start(unsigned int cpu)
{
	struct timer *t = &per_cpu(watchdog, cpu).timer;

	timer_migrate(t, cpu);
	if (enabled)
		timer_set(t, clock_now() + LOOK_NS);
}

bool watchdog_nmi(const struct regs *regs)
{
	struct watchdog *w = &this_cpu(watchdog);

	if (atomic_load(&w->asked) != 1)
		return false;
	w->regs = *regs;
	atomic_store(&w->asked, 2);
	return true;
}
