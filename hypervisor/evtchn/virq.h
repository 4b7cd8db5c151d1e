/* SPDX-License-Identifier: MIT */
/*
 * Virtual interrupt sources: which are one for each vCPU, which one a domain.
 */
#ifndef EVTCHN_VIRQ_H
#define EVTCHN_VIRQ_H

#include "abi/abi.h"

static inline bool virq_is_global(u32 virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
	       virq != VIRQ_XENPMU;
}

#endif
