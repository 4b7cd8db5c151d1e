/* SPDX-License-Identifier: MIT */
/*
 * Copies between the hypervisor and the current guest's linear addresses.
 *
 * The address is checked against the hypervisor's range and the copy may
 * fault; either way the number of bytes NOT copied is returned (0 is success),
 * so an argument array can be partly done.  Must be called with no spinlock
 * that the page-fault path takes; guest memory is never paged in here.
 * SMAP is opened and closed inside.
 */
#pragma once

#include "x86/layout.h"
#include "lib/types.h"

/* Whether [@va, @va + @len) is canonical and wholly outside the hypervisor's hole. */
static inline bool usercopy_ok(gaddr_t va, u64 len)
{
	u64 a = va.v;

	if (a < 0x0000800000000000UL)
		return len <= 0x0000800000000000UL - a;
	return a >= HV_VIRT_END && len <= -a;
}

size_t usercopy_from(void *dst, gaddr_t src, size_t len) __must_check;
size_t usercopy_to(gaddr_t dst, const void *src, size_t len) __must_check;
