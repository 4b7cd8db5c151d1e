/* SPDX-License-Identifier: MIT */
/* Softirqs are pending after so many looks. */
#pragma once

static unsigned int patience;
static inline bool softirq_pending(void)
{
	return !patience || !patience--;
}
