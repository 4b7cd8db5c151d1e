/* SPDX-License-Identifier: MIT */
/*
 * Device interrupts: lines (GSIs of IO-APICs) and messages (MSI), and the one
 * owner to whom each is dispatched.
 *
 * An irq is a small number: 0..nr_gsi-1 are GSIs, those above are allocated
 * for MSIs.  Locks: irq.lock (irqsave) protects each descriptor.
 */
#pragma once

#include "lib/types.h"

#define NR_IRQS 512

/*
 * Handler runs in interrupt context, interrupts off, after acknowledgement as
 * the kind needs, on any CPU.  It returns the CPU at which the next one should
 * arrive.
 */
struct irq_action {
	unsigned int (*fn)(unsigned int irq, void *arg);
	void *arg;
};

/* After ioapic_init(); gives the console its interrupt. Boot CPU, interrupts off. */
void irq_init(void);
/* From entry/: a vector in the dynamic range, or timer/IPI/spurious, arrived. */
void irq_dispatch(u32 vector);

/* Polarity/trigger of a GSI (physdev setup_gsi); returns -errno. */
int irq_setup_gsi(unsigned int gsi, bool level, bool active_low);
/* Give the irq to @action, unmasking it; -EBUSY when taken. */
int irq_bind(unsigned int irq, struct irq_action action) __must_check;
void irq_unbind(unsigned int irq);
/* A level-triggered line stays masked at the IO-APIC from delivery until this. */
void irq_guest_eoi(unsigned int irq);
bool irq_is_level(unsigned int irq);
/*
 * No interrupt is aimed at @cpu any more.  Its bit in cpu_online_map must be
 * clear already, else one might follow a vCPU back to it.  What was sent
 * before still arrives: let @cpu take interrupts for some microseconds
 * afterwards, before its APIC is switched off.  Any context, nothing locked.
 */
void irq_evacuate(unsigned int cpu);

/*
 * MSI / MSI-X: @n (a power of two) irqs in a row for the capability that msi_find() found;
 * of plain MSI they share one message.  The first irq or -ENOSPC.  Each is
 * freed by irq_msi_free().
 */
struct msi;
int irq_msi_alloc_block(const struct msi *m, unsigned int n) __must_check;
void irq_msi_free(unsigned int irq);

/* Write the messages of @sbdf anew, after it lost power. -ESRCH if it has none. */
int irq_msi_restore(u32 sbdf);

/* Whether the number names a line or a message. */
bool irq_exists(unsigned int irq);
