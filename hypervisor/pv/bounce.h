/* SPDX-License-Identifier: MIT */
/*
 * Frames on the guest kernel's stack, beyond what pv/pv.h declares.
 */
#pragma once

#include "domain/vcpu.h"
#include "x86/regs.h"

/* Deliver the pending NMI through trap-table entry 2; it is masked until the next iret. */
void bounce_nmi(struct vcpu *v, struct regs *regs);
