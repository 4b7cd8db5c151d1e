/* SPDX-License-Identifier: MIT */
/*
 * Which segment descriptors a guest may have the processor load (Intel SDM
 * volume 3, 3.4.5 and 3.5).
 *
 * Code and data of privilege level 3 are harmless in long mode: bases and
 * limits of 32-bit segments cannot reach the hypervisor's addresses.  System
 * segments are not: a gate leads into ring 0, a TSS or LDT names memory that
 * the processor then trusts.
 */
#include "paging/segment.h"

#define SEGMENT_ACCESSED (1ULL << 40)
#define SEGMENT_CODE	 (1ULL << 43)
#define SEGMENT_S	 (1ULL << 44)
#define SEGMENT_DPL3	 (3ULL << 45)
#define SEGMENT_PRESENT	 (1ULL << 47)
#define SEGMENT_LONG	 (1ULL << 53)
#define SEGMENT_DB	 (1ULL << 54)

bool segment_ok(u64 *desc)
{
	u64 d = *desc;

	if (!(d & SEGMENT_PRESENT))
		return true;
	if (!(d & SEGMENT_S))
		return false;
	/* A 64-bit code segment with D set is reserved. */
	if ((d & SEGMENT_CODE) && (d & SEGMENT_LONG) && (d & SEGMENT_DB))
		return false;
	*desc = d | SEGMENT_DPL3 | SEGMENT_ACCESSED;
	return true;
}
