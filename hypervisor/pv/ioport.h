/* SPDX-License-Identifier: MIT */
/*
 * Port accesses on behalf of current.
 */
#pragma once

#include "domain/vcpu.h"

/*
 * Whether the code that runs may use the ports at all, by its kernel's virtual
 * I/O privilege and, below that, the I/O bitmap.  False: #GP.
 */
bool ioport_permitted(struct vcpu *v, u32 port, u32 size);

/*
 * Do the access (@size 1, 2 or 4).  A port that the domain does not have reads
 * as all ones and swallows writes.
 */
u32 ioport_in(struct vcpu *v, u32 port, u32 size);
void ioport_out(struct vcpu *v, u32 port, u32 size, u32 value);
