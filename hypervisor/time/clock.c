/* SPDX-License-Identifier: MIT */
/*
 * System time.
 *
 * Each CPU has a base: a TSC value and the system time at it.  As long as the
 * TSCs agree all bases are the same, so guests on any CPU compute the very
 * same time and no time page needs to change after it was filled.  A CPU
 * whose TSC was seen to lag or lead gets a base of its own, fitted when it
 * starts, and clock_tsc_stable is false for good.
 */
#include "time/clock.h"

#include "console/log.h"
#include "platform/refclock.h"
#include "smp/cpus.h"
#include "time/rtc.h"
#include "x86/features.h"
#include "x86/spinlock.h"

#define NS_PER_SEC 1000000000UL

struct clock_base {
	u64 tsc, ns;
};

struct clock_scale clock_scale;
u64 clock_tsc_khz;
bool clock_tsc_stable;

static DEFINE_PERCPU(struct clock_base, clock_base);
static struct clock_base boot_base;

static struct spinlock wall_lock = SPINLOCK_INIT; /* protects: wall_ns */
static u64 wall_ns;				  /* UTC since 1970 at system time 0 */

u64 clock_tsc_to_ns(u64 tsc)
{
	const struct clock_base *b = &this_cpu(clock_base);

	/* A value from just before the base was taken is the base. */
	if (unlikely((s64)(tsc - b->tsc) < 0))
		return b->ns;
	return b->ns + scale_apply(clock_scale, tsc - b->tsc);
}

u64 clock_now(void)
{
	return clock_tsc_to_ns(insn_rdtsc_ordered());
}

void clock_stamp(u64 *tsc, u64 *system_time)
{
	const struct clock_base *b = &this_cpu(clock_base);

	*tsc = b->tsc;
	*system_time = b->ns;
}

/*
 * The test: both CPUs take turns at reading the TSC under one lock; if one
 * ever reads less than the other did before, the TSCs do not agree.
 */
#define WARP_ROUNDS 5000

static struct {
	struct spinlock lock;
	u64 last, worst;
} warp = { .lock = SPINLOCK_INIT };

static void test_warp(void)
{
	for (unsigned int i = 0; i < WARP_ROUNDS; i++) {
		u64 now;

		spin_lock(&warp.lock);
		now = insn_rdtsc_ordered();
		if (now < warp.last)
			warp.worst = MAX(warp.worst, warp.last - now);
		else
			warp.last = now;
		spin_unlock(&warp.lock);
	}
}

/*
 * Fitting: the starter publishes its system time again and again, the new CPU
 * notes its own TSC when it sees one.  The round that took the least time on
 * the way is the one that makes this CPU's clock read latest.
 */
#define FIT_ROUNDS 100

static u64 fit_published, fit_seen;

static void fit_boot(void)
{
	for (u64 round = 1; round <= FIT_ROUNDS; round++) {
		atomic_store(&fit_published, clock_now());
		while (atomic_load(&fit_seen) < round)
			insn_pause();
	}
}

static void fit_ap(void)
{
	struct clock_base best = { 0, 0 };
	u64 last = 0;

	for (u64 round = 1; round <= FIT_ROUNDS; round++) {
		u64 ns, tsc;

		while ((ns = atomic_load(&fit_published)) == last)
			insn_pause();
		tsc = insn_rdtsc_ordered();
		last = ns;
		if (round == 1 || (s64)(ns - best.ns) > (s64)scale_apply(clock_scale, tsc - best.tsc))
			best = (struct clock_base){ tsc, ns };
		atomic_store(&fit_seen, round);
	}
	this_cpu(clock_base) = best;
}

static u32 warp_done;

/* Both sides have finished the test before either looks at the result. */
static void meet(void)
{
	u32 arrived = atomic_add(&warp_done, 1);

	while (atomic_load(&warp_done) < ROUND_UP(arrived, 2))
		insn_pause();
}

static void start_ap(void)
{
	this_cpu(clock_base) = boot_base;
	meet();
	test_warp();
	meet();
	if (warp.worst)
		fit_ap();
	meet();
}

static void start_boot(unsigned int cpu)
{
	fit_seen = fit_published = 0;
	warp.last = warp.worst = 0;
	meet();
	test_warp();
	meet();
	if (warp.worst) {
		log_warn("time: the TSC of CPU %u is off by %lu ticks\n", cpu, warp.worst);
		clock_tsc_stable = false;
		fit_boot();
	}
	meet();
}

void clock_init(void)
{
	static struct cpus_hook hook = { .ap = start_ap, .boot = start_boot };
	u64 hz = refclock_tsc_hz();

	if (!hz)
		panic("time: the TSC does not count\n");
	clock_scale = scale_make(hz);
	clock_tsc_khz = hz / 1000;
	/*
	 * A TSC that may change its rate is of no use to a guest.  Old processors
	 * had such; a hypervisor hides that flag, yet keeps the rate.
	 */
	clock_tsc_stable = cpu_features.tsc_invariant || cpu_features.hypervisor;
	boot_base = (struct clock_base){ insn_rdtsc_ordered(), 0 };
	this_cpu(clock_base) = boot_base;
	wall_ns = rtc_read() * NS_PER_SEC;
	cpus_register_hook(&hook);
	log_info("time: TSC %lu.%03lu MHz, %s\n", clock_tsc_khz / 1000, clock_tsc_khz % 1000,
		 cpu_features.tsc_invariant ? "invariant" : "not declared invariant");
}

void clock_wall(u64 *sec, u32 *nsec)
{
	u64 flags = spin_lock_irqsave(&wall_lock);
	u64 ns = wall_ns;

	spin_unlock_irqrestore(&wall_lock, flags);
	*sec = ns / NS_PER_SEC;
	*nsec = (u32)(ns % NS_PER_SEC);
}

bool clock_set_wall(u64 sec, u32 nsec, u64 system_time)
{
	u64 ns;

	if (nsec >= NS_PER_SEC || sec > CLOCK_MAX_SECONDS)
		return false;
	ns = sec * NS_PER_SEC + nsec;
	if (system_time > ns)
		return false;
	SPIN_HOLD_IRQ(&wall_lock);
	wall_ns = ns - system_time;
	return true;
}
