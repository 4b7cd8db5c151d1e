/* SPDX-License-Identifier: MIT */
/*
 * The machine-to-physical table: which pfn its owner calls a frame.  Guests
 * read it at M2P_RO_START; only the hypervisor writes it.
 */
#pragma once

#include "x86/layout.h"
#include "lib/types.h"

#define M2P_INVALID (~0UL)

static inline void m2p_set(mfn_t m, u64 pfn)
{
	((volatile u64 *)M2P_RW_START)[(u32)m.v] = pfn;
}
