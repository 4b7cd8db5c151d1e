/* SPDX-License-Identifier: MIT */
/*
 * A guest's own `iretq`, on emulators that get its stack accesses wrong.
 */
#pragma once

#include "domain/vcpu.h"

/*
 * After a page fault in guest mode that claims to be a supervisor access: if
 * the instruction is `iretq`, carry it out on @regs and return true.
 *
 * A guest kernel serialises with an iretq to itself, at CPL 3 like all it
 * does.  QEMU's TCG (seen in 7.2) reads the frame as the supervisor would, and
 * SMAP then refuses it; no processor does that.
 */
bool self_iret_emulate(struct vcpu *v, struct regs *regs);
