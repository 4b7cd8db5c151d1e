/* SPDX-License-Identifier: MIT */
/*
 * The reference clock.  Under a hypervisor, or between two of our own reads,
 * the processor may be taken away for a while; so each sample is a pair of
 * readings, repeated, and the pair that took the least time wins.
 */
#include "platform/refclock.h"

#include "console/log.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "x86/insn.h"

struct refclock {
	const char *name;
	u32 (*read)(void); /* counts up, wraps at mask + 1 */
	u32 mask;
	u64 hz;
	u32 measure_ms;
};

static volatile u8 *hpet;

/* HPET registers: IA-PC HPET 1.0a, section 2.3. */
#define HPET_PERIOD	0x04 /* femtoseconds */
#define HPET_CONFIG	0x10
#define HPET_CONFIG_ON	1
#define HPET_COUNTER	0xf0
#define HPET_SIZE	0x400
#define HPET_MAX_PERIOD 100000000

static u32 hpet_reg(u32 reg)
{
	return *(volatile u32 *)(hpet + reg);
}

static u32 hpet_read(void)
{
	return hpet_reg(HPET_COUNTER);
}

static u32 pm_timer_read(void)
{
	return insn_inl((u16)acpi_fadt.pm_timer.address);
}

/* PIT channel 2, gated through port 61: the only one without an interrupt. */
#define PIT_HZ	      1193182
#define PIT_CHANNEL2  0x42
#define PIT_COMMAND   0x43
#define PIT_CH2_FREE  0xb4 /* channel 2, both bytes, mode 2 */
#define PIT_CH2_LATCH 0x80
#define PORT_GATE     0x61
#define GATE_ON	      0x01
#define SPEAKER_ON    0x02

static u32 pit_read(void)
{
	u32 v;

	insn_outb(PIT_COMMAND, PIT_CH2_LATCH);
	v = insn_inb(PIT_CHANNEL2);
	v |= (u32)insn_inb(PIT_CHANNEL2) << 8;
	return 0x10000 - v; /* it counts down */
}

static struct refclock refclock = { "PIT", pit_read, 0xffff, PIT_HZ, 40 };

static bool hpet_start(void)
{
	u32 period;

	if (!acpi_hpet_address)
		return false;
	hpet = mmio_map(acpi_hpet_address, HPET_SIZE);
	if (!hpet)
		return false;
	period = hpet_reg(HPET_PERIOD);
	if (period == 0 || period > HPET_MAX_PERIOD)
		return false;
	*(volatile u32 *)(hpet + HPET_CONFIG) = HPET_CONFIG_ON;
	refclock = (struct refclock){ "HPET", hpet_read, ~0u, 1000000000000000UL / period, 20 };
	return true;
}

#define PM_TIMER_HZ 3579545

static bool pm_timer_start(void)
{
	u32 first;

	if (!acpi_fadt.pm_timer.address || acpi_fadt.pm_timer.space != ACPI_SPACE_IO)
		return false;
	first = pm_timer_read();
	for (unsigned int i = 0; pm_timer_read() == first; i++)
		if (i == 1000)
			return false;
	refclock = (struct refclock){ "PM timer", pm_timer_read, 0xffffff, PM_TIMER_HZ, 50 };
	return true;
}

void refclock_init(void)
{
	if (!hpet_start() && !pm_timer_start()) {
		insn_outb(PORT_GATE, (u8)((insn_inb(PORT_GATE) & ~SPEAKER_ON) | GATE_ON));
		insn_outb(PIT_COMMAND, PIT_CH2_FREE);
		insn_outb(PIT_CHANNEL2, 0);
		insn_outb(PIT_CHANNEL2, 0);
	}
	log_info("time: reference clock is the %s, %lu Hz\n", refclock.name, refclock.hz);
}

void refclock_delay_us(u32 us)
{
	u64 wait = us * refclock.hz / 1000000 + 1, done = 0;
	u32 last = refclock.read(), now;

	while (done < wait) {
		insn_pause();
		now = refclock.read();
		done += (now - last) & refclock.mask;
		last = now;
	}
}

#define SAMPLES 8

/* One reading of both counters as close together as can be had. */
static void sample(u64 (*read)(void), u32 *ref, u64 *count)
{
	u64 best = ~0ULL;

	for (unsigned int i = 0; i < SAMPLES; i++) {
		u64 before = insn_rdtsc_ordered(), c, took;
		u32 r = refclock.read();

		c = read();
		took = insn_rdtsc_ordered() - before;
		if (took < best) {
			best = took;
			*ref = r;
			*count = c;
		}
	}
}

u64 refclock_measure(u64 (*read)(void))
{
	u64 flags = insn_irq_save(), c0, c1, ticks;
	u32 r0, r1;

	sample(read, &r0, &c0);
	refclock_delay_us(refclock.measure_ms * 1000);
	sample(read, &r1, &c1);
	insn_irq_restore(flags);
	ticks = (r1 - r0) & refclock.mask;
	return ticks ? (c1 - c0) * refclock.hz / ticks : 0;
}

u64 refclock_tsc_hz(void)
{
	static u64 hz;

	if (!hz)
		hz = refclock_measure(insn_rdtsc_ordered);
	return hz;
}
