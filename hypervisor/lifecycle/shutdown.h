/* SPDX-License-Identifier: MIT */
/*
 * A domain that stops by its own will, or is reported as crashed.
 */
#pragma once

#include "domain/domain.h"

/* Stop all its vCPUs with @code (SHUTDOWN_*) and tell dom0 (VIRQ_DOM_EXC). dom0's own: reboot or power off the machine. */
void shutdown_domain(struct domain *d, u32 code);
/* SHUTDOWN_suspend undone: domctl resumedomain. */
int shutdown_resume(struct domain *d);
