/* SPDX-License-Identifier: MIT */
/*
 * Interrupt descriptors, vectors and dispatch.
 *
 * An edge (and a message) is acknowledged before its handler runs, so the next
 * one is not lost.  A level stays asserted until the guest's driver has served
 * the device: it is masked at the IO-APIC, acknowledged, and unmasked by
 * irq_guest_eoi().  So nothing a guest does or leaves undone can hold back
 * other interrupts.
 *
 * An interrupt begins at the boot CPU and follows who is served: its handler
 * says where the next one had better arrive, and it is aimed there if that is
 * elsewhere.  A vector belongs to one irq on all CPUs, so what is on its way to
 * the old CPU is dispatched there as well as anywhere: moving loses nothing.
 */
#include "irq/irq.h"

#include "abi/error.h"
#include "console/log.h"
#include "irq/msi.h"
#include "platform/acpi.h"
#include "platform/ioapic.h"
#include "platform/lapic.h"
#include "platform/uart.h"
#include "platform/vector.h"
#include "smp/cpus.h"
#include "smp/ipi.h"
#include "smp/softirq.h"
#include "time/clock.h"
#include "time/timer.h"
#include "x86/bound.h"
#include "x86/spinlock.h"

enum irq_kind { IRQ_NONE, IRQ_GSI, IRQ_MSI };

struct irq_desc {
	struct spinlock lock;
	u8 kind;   /* enum irq_kind */
	u8 vector; /* 0: none yet */
	bool level, active_low;
	bool wants_eoi; /* level: masked since delivery */
	bool resting;	/* level: masked though the guest is done, until end_rest() */
	u16 streak;	/* level: deliveries that came with the unmasking, about */
	u64 unmasked;	/* level: when the guest was last done, system time */
	u8 cpu;		/* where it is aimed */
	u32 running;	/* CPUs in its handler: two for a moment when it moves */
	u32 gsi;	/* GSI: the line, which differs from the irq for some ISA ones */
	struct irq_action action;
	struct msi msi;
};

static struct irq_desc descs[NR_IRQS];

/*
 * A level line that is delivered again as soon as it is unmasked, STREAK_MAX
 * times, rests for REST_NS: nobody serves the device, and the vCPU gets to
 * nothing but interrupts.  In the rest its guest does a little else, which may
 * be what the device waits for.  A delivery later than AT_ONCE_NS takes
 * STREAK_LEAK off the count, so a device that is served hardly gets there.
 */
#define STREAK_MAX  2000u
#define STREAK_LEAK 16u
#define AT_ONCE_NS  5000 /* from the unmasking, which takes one or two */
#define REST_NS	    10000000

static void end_rest(void *unused);
static struct timer rest_timer = { .fn = end_rest };

/* Vectors: which irq each belongs to, plus one; 0 is none. */
static u16 vector_irq[256];
static struct spinlock vector_lock = SPINLOCK_INIT; /* protects: vector_irq, allocation of MSI descs */

/* First of @n free vectors in a row, aligned to @n (a power of two), given to irqs from @irq on; 0 if none. */
static u8 alloc_vectors(unsigned int irq, unsigned int n)
{
	SPIN_HOLD_IRQ(&vector_lock);

	for (unsigned int v = ROUND_UP(VECTOR_DYNAMIC_FIRST, n); v + n - 1 <= VECTOR_DYNAMIC_LAST;
	     v += n) {
		bool is_free = true;

		for (unsigned int i = v; i < v + n; i++)
			is_free &= !vector_irq[i] && i != VECTOR_INT80;
		if (!is_free)
			continue;
		for (unsigned int i = 0; i < n; i++)
			vector_irq[v + i] = (u16)(irq + i + 1);
		return (u8)v;
	}
	return 0;
}

static void free_vector(u8 vector)
{
	SPIN_HOLD_IRQ(&vector_lock);

	vector_irq[vector] = 0;
}

static struct irq_desc *desc_of(unsigned int irq)
{
	return bound_index(irq, NR_IRQS) && descs[irq].kind != IRQ_NONE ? &descs[irq] : NULL;
}

static void hw_set_masked(struct irq_desc *d, bool masked)
{
	if (d->kind == IRQ_MSI)
		msi_set_masked(&d->msi, masked);
	else
		ioapic_set_masked(d->gsi, masked);
}

/* Where messages and lines can go: without remapping an address has room for 8 bits. */
static bool can_take(unsigned int cpu)
{
	return test_bit(cpu_online_map, cpu) && cpu_apic_id[cpu] < 0xff;
}

/* From now on the bound irq arrives at @cpu, if it can; the descriptor's lock is held. */
static void aim(struct irq_desc *d, unsigned int cpu)
{
	struct msi_message message;

	if (!d->action.fn || !can_take(cpu))
		return;
	d->cpu = (u8)cpu;
	message = msi_compose(d->vector, cpu_apic_id[cpu]);
	if (d->kind == IRQ_MSI)
		msi_write(&d->msi, &message);
	else
		ioapic_aim(d->gsi, cpu_apic_id[cpu]);
}

void irq_evacuate(unsigned int cpu)
{
	unsigned int to = 0;

	while (to < MAX_CPUS && (to == cpu || !can_take(to)))
		to++;
	for (unsigned int irq = 0; irq < NR_IRQS && to < MAX_CPUS; irq++) {
		struct irq_desc *d = &descs[irq];

		SPIN_HOLD_IRQ(&d->lock);
		if (d->cpu == cpu)
			aim(d, to);
	}
}

static unsigned int uart_action(unsigned int irq, void *arg)
{
	uart_interrupt();
	return this_cpu_id();
}

void irq_init(void)
{
	cpu_apic_id[0] = lapic_id(); /* before cpus_start() */
	for (unsigned int irq = 0; irq < MIN(ioapic_nr_gsi, (unsigned int)NR_IRQS); irq++) {
		struct irq_desc *d = &descs[irq];
		struct acpi_override isa = acpi_isa_irq(irq);

		d->gsi = irq < 16 ? isa.gsi : irq;
		d->level = irq < 16 ? isa.level : true;
		d->active_low = irq < 16 ? isa.active_low : true;
		if (ioapic_has(d->gsi))
			d->kind = IRQ_GSI;
	}
	/* Lines that the override of another ISA interrupt has taken (2, for the timer's). */
	for (unsigned int irq = 0; irq < 16; irq++)
		if (descs[irq].kind == IRQ_GSI && descs[irq].gsi != irq && descs[irq].gsi < 16)
			descs[descs[irq].gsi].kind = IRQ_NONE;
	if (uart_present() && !irq_bind(uart_irq(), (struct irq_action){ .fn = uart_action }))
		uart_enable_interrupts();
}

/* A level was delivered: had it been there all the time? */
static void count_streak(struct irq_desc *d)
{
	if (clock_now() - d->unmasked < AT_ONCE_NS)
		d->streak++;
	else
		d->streak -= MIN(d->streak, STREAK_LEAK);
}

/* Every line that rests goes on. */
static void end_rest(void *unused)
{
	for (unsigned int irq = 0; irq < NR_IRQS; irq++) {
		struct irq_desc *d = &descs[irq];

		SPIN_HOLD_IRQ(&d->lock);
		if (d->resting) {
			d->resting = false;
			hw_set_masked(d, false);
		}
	}
}

static void deliver(u32 vector)
{
	unsigned int irq = READ_ONCE(vector_irq[vector]);
	struct irq_action action;
	struct irq_desc *d;
	unsigned int cpu;

	if (!irq--) {
		lapic_eoi();
		log_warn("irq: vector %#x has no owner\n", vector);
		return;
	}
	d = &descs[irq];
	spin_lock(&d->lock);
	if (d->level) {
		ioapic_set_masked(d->gsi, true);
		d->wants_eoi = true;
		count_streak(d);
	}
	lapic_eoi();
	action = d->action;
	if (action.fn)
		d->running++;
	spin_unlock(&d->lock);
	if (!action.fn)
		return;
	cpu = action.fn(irq, action.arg);
	spin_lock(&d->lock);
	if (cpu != d->cpu)
		aim(d, cpu);
	d->running--;
	spin_unlock(&d->lock);
}

void irq_dispatch(u32 vector)
{
	switch (vector) {
	case VECTOR_TIMER:
		softirq_raise(SOFTIRQ_TIMER);
		lapic_eoi();
		break;
	case VECTOR_KICK:
		lapic_eoi(); /* the way out looks for what is pending */
		break;
	case VECTOR_CALL:
		lapic_eoi();
		ipi_run_calls();
		break;
	case VECTOR_STOP: lapic_eoi(); cpus_stop_here();
	case VECTOR_ERROR:
		lapic_eoi();
		log_warn("lapic: error %#x\n", lapic_error());
		break;
	case VECTOR_DYNAMIC_FIRST ... VECTOR_DYNAMIC_LAST: deliver(vector); break;
	default: /* spurious, from the local APIC or a masked 8259: neither wants an EOI */ break;
	}
}

int irq_setup_gsi(unsigned int gsi, bool level, bool active_low)
{
	struct irq_desc *d = desc_of(gsi);

	if (!d || d->kind != IRQ_GSI)
		return -EINVAL;
	SPIN_HOLD_IRQ(&d->lock);
	/* The firmware's word stands for ISA lines, and whoever uses a line keeps it as it is. */
	if (gsi >= 16 && (d->level != level || d->active_low != active_low)) {
		if (d->action.fn)
			return -EBUSY;
		d->level = level;
		d->active_low = active_low;
	}
	return 0;
}

int irq_bind(unsigned int irq, struct irq_action action)
{
	struct irq_desc *d = desc_of(irq);

	if (!d)
		return -EINVAL;
	SPIN_HOLD_IRQ(&d->lock);
	if (d->action.fn)
		return -EBUSY;
	if (!d->vector && !(d->vector = alloc_vectors(irq, 1)))
		return -ENOSPC;
	d->action = action;
	d->wants_eoi = false;
	d->streak = 0;
	if (d->kind == IRQ_GSI)
		ioapic_route(d->gsi, d->vector, cpu_apic_id[0], d->level, d->active_low);
	aim(d, 0);
	hw_set_masked(d, false);
	return 0;
}

void irq_unbind(unsigned int irq)
{
	struct irq_desc *d = desc_of(irq);
	u64 flags;

	if (!d)
		return;
	flags = spin_lock_irqsave(&d->lock);
	hw_set_masked(d, true);
	d->action = (struct irq_action){ 0 };
	d->wants_eoi = d->resting = false;
	spin_unlock_irqrestore(&d->lock, flags);
	/* Handlers run with interrupts off, so this never waits for itself. */
	while (atomic_load(&d->running))
		insn_pause();
}

void irq_guest_eoi(unsigned int irq)
{
	struct irq_desc *d = desc_of(irq);

	if (!d || !READ_ONCE(d->wants_eoi))
		return;
	SPIN_HOLD_IRQ(&d->lock);
	if (!d->wants_eoi || !d->action.fn)
		return;
	d->wants_eoi = false;
	if (d->streak >= STREAK_MAX) {
		d->streak = 0;
		d->resting = true;
		timer_set(&rest_timer, clock_now() + REST_NS);
		return;
	}
	hw_set_masked(d, false);
	d->unmasked = clock_now();
}

bool irq_is_level(unsigned int irq)
{
	struct irq_desc *d = desc_of(irq);

	return d && d->kind == IRQ_GSI && d->level;
}

bool irq_exists(unsigned int irq)
{
	return desc_of(irq) != NULL;
}

/* Whether two irqs would be one message of one device. */
static bool same_message(const struct msi *a, const struct msi *b)
{
	return a->sbdf == b->sbdf && a->msix == b->msix && (!a->msix || a->entry == b->entry);
}

/* First of @n unused numbers in a row above the GSIs, made MSIs of @m; -ENOSPC, -EEXIST. */
static int reserve_msis(const struct msi *m, unsigned int n)
{
	unsigned int run = 0, first = 0;

	SPIN_HOLD_IRQ(&vector_lock);
	for (unsigned int irq = MAX(ioapic_nr_gsi, 16u); irq < NR_IRQS; irq++) {
		if (descs[irq].kind == IRQ_MSI && same_message(&descs[irq].msi, m))
			return -EEXIST;
		run = descs[irq].kind == IRQ_NONE ? run + 1 : 0;
		if (run == n && !first)
			first = irq - n + 1;
	}
	if (!first)
		return -ENOSPC;
	for (unsigned int i = 0; i < n; i++) {
		descs[first + i] = (struct irq_desc){ .kind = IRQ_MSI, .msi = *m };
		descs[first + i].msi.entry = (u16)(m->entry + i);
	}
	return (int)first;
}

static void release_msi(struct irq_desc *d)
{
	if (d->vector)
		free_vector(d->vector);
	d->vector = 0;
	atomic_store(&d->kind, (u8)IRQ_NONE);
}

int irq_msi_alloc_block(const struct msi *m, unsigned int n)
{
	int first = reserve_msis(m, n);
	struct msi_message message;
	u8 vector;

	if (first < 0)
		return first;
	vector = alloc_vectors((unsigned int)first, n);
	for (unsigned int i = 0; i < n; i++) {
		struct irq_desc *d = &descs[(unsigned int)first + i];

		if (!vector) {
			release_msi(d);
			continue;
		}
		d->vector = (u8)(vector + i);
		msi_set_masked(&d->msi, true);
	}
	if (!vector)
		return -ENOSPC;
	message = msi_compose(vector, cpu_apic_id[0]);
	msi_write(m, &message);
	if (!m->msix)
		msi_set_block(m, (unsigned int)__builtin_ctz(n));
	return first;
}

void irq_msi_free(unsigned int irq)
{
	static const struct msi_message none;
	struct irq_desc *d = desc_of(irq);

	if (!d || d->kind != IRQ_MSI)
		return;
	irq_unbind(irq);
	msi_write(&d->msi, &none);
	release_msi(d);
}

int irq_msi_restore(u32 sbdf)
{
	bool any = false;

	for (unsigned int irq = 0; irq < NR_IRQS; irq++) {
		struct irq_desc *d = &descs[irq];
		struct msi_message message;

		if (d->kind != IRQ_MSI || d->msi.sbdf != sbdf)
			continue;
		SPIN_HOLD_IRQ(&d->lock);
		message = msi_compose(d->vector, cpu_apic_id[d->cpu]);
		msi_write(&d->msi, &message);
		msi_set_masked(&d->msi, !d->action.fn);
		msi_enable(&d->msi);
		any = true;
	}
	return any ? 0 : -ESRCH;
}
