/* SPDX-License-Identifier: MIT */
/*
 * What of the machine a domain may touch: I/O ports, MMIO frames, irqs.
 */
#pragma once

#include "domain/domain.h"

int access_create(struct domain *d) __must_check; /* nothing permitted */
void access_destroy(struct domain *d);

/* Grant (or withdraw) an inclusive range. -ENOMEM. */
int access_set_ports(struct domain *d, u32 first, u32 last, bool allow) __must_check;
int access_set_mmio(struct domain *d, u64 first_mfn, u64 last_mfn, bool allow) __must_check;
int access_set_irq(struct domain *d, u32 irq, bool allow) __must_check;

bool access_port(const struct domain *d, u32 port, u32 bytes);
bool access_mmio(const struct domain *d, u64 first_mfn, u64 nr);
/* A device page that it may read but not write: the HPET, which dom0's ACPI code looks at. */
bool access_mmio_readonly(const struct domain *d, mfn_t m);
bool access_irq(const struct domain *d, u32 irq);

/* Everything but what the hypervisor keeps (abi.md: PIC, PIT, APICs, console UART ...); for dom0. */
int access_grant_hardware(struct domain *d) __must_check;
