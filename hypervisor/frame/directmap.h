/* SPDX-License-Identifier: MIT */
/*
 * The direct map: all RAM at one distance from its machine address.
 */
#pragma once

#include "lib/types.h"
#include "x86/layout.h"

static inline void *mfn_to_virt(mfn_t m)
{
	return (void *)(DIRECTMAP_START + (m.v << PAGE_SHIFT));
}

static inline void *maddr_to_virt(maddr_t a)
{
	return (void *)(DIRECTMAP_START + a.v);
}

/* Only for direct-map addresses. */
static inline mfn_t virt_to_mfn(const void *p)
{
	return mfn(((u64)p - DIRECTMAP_START) >> PAGE_SHIFT);
}
