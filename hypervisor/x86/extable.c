/* SPDX-License-Identifier: MIT */
/*
 * The table of instructions that may fault, and the one that uses it here.
 */
#include "x86/extable.h"

struct extable_entry {
	u64 from, to;
};

extern struct extable_entry extable_start[], extable_end[];

/* A few dozen entries, nearly sorted by the linker: insertion sort. */
void extable_init(void)
{
	struct extable_entry *e, *p;

	for (e = extable_start + 1; e < extable_end; e++) {
		struct extable_entry x = *e;

		for (p = e; p > extable_start && p[-1].from > x.from; p--)
			*p = p[-1];
		*p = x;
	}
}

u64 extable_find(u64 rip)
{
	const struct extable_entry *lo = extable_start, *hi = extable_end, *mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (mid->from == rip)
			return mid->to;
		if (mid->from < rip)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

bool extable_rdmsr(u32 msr, u64 *value)
{
	u32 lo, hi, ok = 0;

	asm volatile("1: rdmsr\n\t"
		     "mov $1, %[ok]\n"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "=a"(lo), "=d"(hi), [ok] "+r"(ok)
		     : "c"(msr));
	*value = ok ? lo | ((u64)hi << 32) : 0;
	return ok;
}

void extable_wrmsr(u32 msr, u64 value)
{
	asm volatile("1: wrmsr\n"
		     "2:\n\t" EXTABLE(1b, 2b)
		     :
		     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
}
