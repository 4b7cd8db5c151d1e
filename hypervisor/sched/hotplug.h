/* SPDX-License-Identifier: MIT */
/*
 * Processors on- and offline while guests run, as the control domain asks.
 */
#pragma once

#include "lib/types.h"

/*
 * Bring @cpu online, or take it offline; nothing to do is success.  What runs
 * or waits on one that goes moves, with its timers and interrupts; a vCPU that
 * may run nowhere else runs anywhere until it is back, with a line in the log.
 * Interrupts on.  -EINVAL: no such CPU, or offline of the boot CPU.  -ERESTART:
 * current itself must move first: call again after the way out to the guest.
 */
int hotplug_set(unsigned int cpu, bool online);

/* Provided above (evtchn/virq.c): tell dom0 that a CPU went or came. */
void hotplug_changed(void);
