/* SPDX-License-Identifier: MIT */
/*
 * Flushing translation caches, and the flush clock.
 *
 * The rule is: a CPU whose last flush read the clock as more than a frame's
 * stamp has flushed after the stamp was taken.  It holds whenever the clock
 * never goes back, because a flush reads the clock before it flushes.  When
 * the clock ticks is therefore a matter of economy only: a flush makes it tick
 * if some frame was stamped since the last tick, so that idle address-space
 * switches do not bounce the clock's cache line.
 *
 * The clock has 32 bits and wraps; comparisons are by signed difference.  That
 * misjudges a CPU that has not flushed for 2^31 ticks, so each time a quarter
 * of the range has gone by, every CPU is asked to flush.
 */
#include "smp/tlb.h"

#include "smp/cpus.h"
#include "smp/ipi.h"
#include "smp/softirq.h"
#include "x86/atomic.h"
#include "x86/insn.h"

#define CLOCK_QUARTER (1u << 30)

static u32 clock = 1;
static u32 last_stamp;
static DEFINE_PERCPU(u32, last_flush);

u32 tlb_clock(void)
{
	u32 now;

	/* Zero is no stamp; the clock stands there for an instant when it wraps. */
	while ((now = READ_ONCE(clock)) == 0)
		insn_pause();
	if (READ_ONCE(last_stamp) != now)
		WRITE_ONCE(last_stamp, now);
	return now;
}

static void flush_softirq(void)
{
	tlb_flush_local();
}

/* Out of line: in it, every load of CR3 would save registers for what hardly ever happens. */
static __noinline void ask_everyone(void)
{
	unsigned int cpu;

	softirq_register(SOFTIRQ_TLB, flush_softirq);
	for_each_online_cpu (cpu)
		softirq_raise_on(cpu, SOFTIRQ_TLB);
}

u32 tlb_flush_begin(void)
{
	u32 now = READ_ONCE(clock);

	if (READ_ONCE(last_stamp) != now && now != 0)
		return now;
	now = atomic_add(&clock, 1);
	if (now == 0)
		now = atomic_add(&clock, 1);
	if (now % CLOCK_QUARTER == 1)
		ask_everyone();
	return now;
}

/*
 * An interrupt may flush between the two and have its later value replaced by
 * ours, which is merely pessimistic.
 */
void tlb_flush_end(u32 begun)
{
	WRITE_ONCE(this_cpu(last_flush), begun);
}

void tlb_flush_local(void)
{
	u32 begun = tlb_flush_begin();

	insn_write_cr3(insn_read_cr3());
	tlb_flush_end(begun);
}

void tlb_flush_page_local(u64 va)
{
	insn_invlpg(va);
}

static void flush_call(void *arg)
{
	tlb_flush_local();
}

static void flush_page_call(void *arg)
{
	insn_invlpg((u64)arg);
}

void tlb_flush_mask(unsigned long mask)
{
	if (mask)
		ipi_call(mask, flush_call, NULL);
}

void tlb_flush_page_mask(unsigned long mask, u64 va)
{
	if (mask)
		ipi_call(mask, flush_page_call, (void *)va);
}

unsigned long tlb_filter(unsigned long mask, u32 stamp)
{
	unsigned long need = 0, left = mask & READ_ONCE(cpu_online_map[0]);

	for (; left; left &= left - 1) {
		unsigned int cpu = (u32)__builtin_ctzl(left);

		if ((s32)(READ_ONCE(per_cpu(last_flush, cpu)) - stamp) <= 0)
			need |= 1UL << cpu;
	}
	return need;
}

void tlb_write_cr3(mfn_t table)
{
	u32 begun = tlb_flush_begin();

	insn_write_cr3(table.v << PAGE_SHIFT);
	tlb_flush_end(begun);
}
