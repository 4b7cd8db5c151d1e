/* SPDX-License-Identifier: MIT */
/*
 * The local APIC, through its page or, in x2APIC mode, through MSRs
 * (Intel SDM volume 3, chapter 11).
 *
 * x2APIC mode is kept if the firmware chose it, and chosen under another
 * hypervisor, where each access to the page would be an exit; on bare metal
 * without interrupt remapping it would gain nothing for the first 255 APICs.
 */
#include "platform/lapic.h"

#include "console/log.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "platform/refclock.h"
#include "platform/vector.h"
#include "x86/features.h"
#include "x86/insn.h"
#include "x86/msr.h"

#define REG_ID	       0x20
#define REG_VERSION    0x30
#define REG_TPR	       0x80
#define REG_EOI	       0xb0
#define REG_SVR	       0xf0
#define REG_ISR	       0x100
#define REG_ESR	       0x280
#define REG_LVT_CMCI   0x2f0
#define REG_ICR	       0x300
#define REG_ICR_HIGH   0x310
#define REG_LVT_TIMER  0x320
#define REG_LVT_THERM  0x330
#define REG_LVT_PERF   0x340
#define REG_LVT_LINT0  0x350
#define REG_LVT_LINT1  0x360
#define REG_LVT_ERROR  0x370
#define REG_TIMER_INIT 0x380
#define REG_TIMER_NOW  0x390
#define REG_TIMER_DIV  0x3e0

#define BASE_X2APIC  (1UL << 10)
#define BASE_ENABLE  (1UL << 11)
#define BASE_ADDRESS 0x000ffffffffff000UL

#define SVR_ENABLE	   0x100
#define LVT_MASKED	   (1u << 16)
#define LVT_NMI		   (4u << 8)
#define LVT_TIMER_DEADLINE (2u << 17)
#define TIMER_DIV_1	   0xb
#define ICR_INIT	   (5u << 8)
#define ICR_STARTUP	   (6u << 8)
#define ICR_BUSY	   (1u << 12)
#define ICR_ASSERT	   (1u << 14)
#define ICR_SELF	   (1u << 18)

/* The longest wait that is programmed at once; also keeps the product below 2^64. */
#define MAX_WAIT_NS 1000000000UL

static volatile u8 *page; /* NULL in x2APIC mode */
static u64 base_msr;	  /* address bits, to enable the same on every CPU */

/* Timer ticks (of the TSC if that is what arms it) for each ns, times 2^32. */
static u64 timer_mul;

static u32 read_reg(u32 reg)
{
	if (page)
		return *(volatile u32 *)(page + reg);
	return (u32)insn_rdmsr(MSR_X2APIC_FIRST + (reg >> 4));
}

static void write_reg(u32 reg, u32 value)
{
	if (page)
		*(volatile u32 *)(page + reg) = value;
	else
		insn_wrmsr(MSR_X2APIC_FIRST + (reg >> 4), value);
}

void lapic_init(void)
{
	u64 msr = insn_rdmsr(MSR_APIC_BASE);

	base_msr = (msr & BASE_ADDRESS) | BASE_ENABLE;
	if (msr & BASE_X2APIC || (cpu_features.x2apic && cpu_features.hypervisor)) {
		base_msr |= BASE_X2APIC;
	} else {
		page = mmio_map(msr & BASE_ADDRESS, PAGE_SIZE);
		if (!page)
			panic("lapic: cannot map the local APIC at %#lx\n", msr & BASE_ADDRESS);
	}
	lapic_init_cpu();
	log_info("lapic: %s mode, id %u, timer by %s\n", page ? "xAPIC" : "x2APIC", lapic_id(),
		 cpu_features.tsc_deadline ? "TSC deadline" : "count");
}

/* Interrupts that a boot loader or a crashed predecessor left in service would block ours. */
static void drain_in_service(void)
{
	for (unsigned int round = 0; round < 256; round++) {
		bool any = false;

		for (u32 i = 0; i < 8; i++)
			any |= read_reg(REG_ISR + i * 0x10) != 0;
		if (!any)
			return;
		lapic_eoi();
	}
}

static void set_nmi_pins(void)
{
	write_reg(REG_LVT_LINT0, LVT_MASKED);
	write_reg(REG_LVT_LINT1, LVT_MASKED);
	for (unsigned int i = 0; i < acpi_madt.nr_nmis; i++) {
		const struct acpi_lapic_nmi *n = &acpi_madt.nmis[i];

		/* Firmware says "all processors" in practice; pins of one are not looked up. */
		if (n->acpi_id == ACPI_ALL_PROCESSORS)
			write_reg(n->lint ? REG_LVT_LINT1 : REG_LVT_LINT0, LVT_NMI);
	}
}

void lapic_init_cpu(void)
{
	u32 max_lvt;
	u64 msr = insn_rdmsr(MSR_APIC_BASE) & ~BASE_ADDRESS;

	/* The step to x2APIC mode goes through enabled xAPIC mode. */
	if (!(msr & BASE_X2APIC))
		insn_wrmsr(MSR_APIC_BASE, msr | (base_msr & ~BASE_X2APIC));
	insn_wrmsr(MSR_APIC_BASE, msr | base_msr);

	write_reg(REG_TPR, 0);
	write_reg(REG_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	max_lvt = (read_reg(REG_VERSION) >> 16) & 0xff;
	set_nmi_pins();
	if (max_lvt >= 4)
		write_reg(REG_LVT_PERF, LVT_MASKED);
	if (max_lvt >= 5)
		write_reg(REG_LVT_THERM, LVT_MASKED);
	if (max_lvt >= 6)
		write_reg(REG_LVT_CMCI, LVT_MASKED);
	write_reg(REG_LVT_ERROR, VECTOR_ERROR);
	write_reg(REG_ESR, 0);
	drain_in_service();
	write_reg(REG_TIMER_INIT, 0);
	write_reg(REG_TIMER_DIV, TIMER_DIV_1);
	write_reg(REG_LVT_TIMER, VECTOR_TIMER | (cpu_features.tsc_deadline ? LVT_TIMER_DEADLINE : 0));
	/* The mode change must be complete before the deadline register is written. */
	asm volatile("mfence" ::: "memory");
}

void lapic_eoi(void)
{
	write_reg(REG_EOI, 0);
}

u32 lapic_id(void)
{
	u32 id = read_reg(REG_ID);

	return page ? id >> 24 : id;
}

u32 lapic_error(void)
{
	write_reg(REG_ESR, 0);
	return read_reg(REG_ESR);
}

bool lapic_is_x2apic(void)
{
	return !page;
}

static void wait_idle(void)
{
	while (read_reg(REG_ICR) & ICR_BUSY)
		insn_pause();
}

static void send(u32 apic_id, u32 command)
{
	u64 flags;

	if (!page) {
		/* WRMSR to the APIC does not order earlier stores by itself. */
		asm volatile("mfence; lfence" ::: "memory");
		insn_wrmsr(MSR_X2APIC_FIRST + (REG_ICR >> 4), (u64)apic_id << 32 | command);
		return;
	}
	flags = insn_irq_save();
	wait_idle();
	write_reg(REG_ICR_HIGH, apic_id << 24);
	write_reg(REG_ICR, command);
	insn_irq_restore(flags);
}

void lapic_ipi(u32 apic_id, u32 vector)
{
	send(apic_id, ICR_ASSERT | vector);
}

/* By shorthand, so that the destination stays which an interrupted send() may have set. */
void lapic_ipi_self(u8 vector)
{
	write_reg(REG_ICR, ICR_SELF | ICR_ASSERT | vector);
	wait_idle();
}

/* Intervals of the MultiProcessor Specification 1.4, appendix B.4. */
void lapic_init_sipi(u32 apic_id, u8 start_page)
{
	send(apic_id, ICR_ASSERT | ICR_INIT);
	refclock_delay_us(10000);
	for (unsigned int i = 0; i < 2; i++) {
		send(apic_id, ICR_ASSERT | ICR_STARTUP | start_page);
		refclock_delay_us(200);
	}
}

static u64 timer_elapsed(void)
{
	return 0xffffffffu - read_reg(REG_TIMER_NOW);
}

void lapic_timer_calibrate(void)
{
	u64 hz;

	if (cpu_features.tsc_deadline) {
		hz = refclock_tsc_hz();
	} else {
		write_reg(REG_LVT_TIMER, VECTOR_TIMER | LVT_MASKED);
		write_reg(REG_TIMER_INIT, 0xffffffff);
		hz = refclock_measure(timer_elapsed);
		write_reg(REG_TIMER_INIT, 0);
		write_reg(REG_LVT_TIMER, VECTOR_TIMER);
	}
	if (!hz)
		panic("lapic: the timer does not count\n");
	timer_mul = ((hz / 1000) << 32) / 1000000;
	log_info("lapic: timer at %lu kHz\n", hz / 1000);
}

void lapic_timer_set(u64 ns)
{
	u64 ticks;

	if (ns == 0) {
		if (cpu_features.tsc_deadline)
			insn_wrmsr(MSR_TSC_DEADLINE, 0);
		else
			write_reg(REG_TIMER_INIT, 0);
		return;
	}
	/* timer_mul has up to 36 bits and ns 30; drop four of them before, not 32 after. */
	ticks = ((timer_mul >> 4) * MIN(ns, MAX_WAIT_NS) >> 28) + 1;
	if (cpu_features.tsc_deadline)
		insn_wrmsr(MSR_TSC_DEADLINE, insn_rdtsc() + ticks);
	else
		write_reg(REG_TIMER_INIT, (u32)MIN(ticks, 0xffffffffUL));
}
