/* SPDX-License-Identifier: MIT */
/*
 * Copies between the hypervisor and the current guest's linear addresses.
 *
 * The copy may fault, and does where it would reach the hypervisor's range; the
 * number of bytes NOT copied is returned (0 is success), so an argument array
 * can be partly done.  Must be called with no spinlock that the page-fault path
 * takes; guest memory is never paged in here.
 * SMAP is opened and closed inside.
 */
#pragma once

#include "x86/layout.h"
#include "lib/types.h"

/* What no address of a guest can be: it is not canonical, nor are its low 48 bits the hypervisor's. */
#define USERCOPY_NOWHERE (1UL << 63)

/*
 * The address at which to touch @va of a guest: @va, but USERCOPY_NOWHERE in
 * place of the hypervisor's range, so that the access faults.  There is no
 * branch to be guessed wrong (Spectre v1), and no way into the range from
 * outside: what goes on from below meets addresses that are not canonical
 * first, and above lies the guest's.  The upper 16 bits count for nothing here,
 * because some processors do not look at them when they load by a guess (AMD,
 * CVE-2020-12965).
 */
static inline u64 usercopy_place(gaddr_t va)
{
	/* Bits 16 to 47 of the range begin with 0x80000000: the subtraction overflows there alone. */
	asm("cmp %[size], %k[high]\n\t"
	    "cmovo %[nowhere], %[va]"
	    : [va] "+r"(va.v)
	    : [high] "r"(va.v >> 16), [size] "i"((HV_VIRT_END - HV_VIRT_START) >> 16), [nowhere] "r"(USERCOPY_NOWHERE)
	    : "cc");
	return va.v;
}

/*
 * Whether [@va, @va + @len) is canonical and wholly outside the hypervisor's
 * range: to refuse early what is for later.
 */
static inline bool usercopy_ok(gaddr_t va, u64 len)
{
	u64 a = va.v;

	if (a < 0x0000800000000000UL)
		return len <= 0x0000800000000000UL - a;
	return a >= HV_VIRT_END && len <= -a;
}

size_t usercopy_from(void *dst, gaddr_t src, size_t len) __must_check;
size_t usercopy_to(gaddr_t dst, const void *src, size_t len) __must_check;
