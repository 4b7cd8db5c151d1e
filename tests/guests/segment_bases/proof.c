/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest sets the bases of its segments, to canonical addresses only, and finds them there.
 * Method: set each by hypercall, read it back by the register that holds it and through the segment.
 * Proves: set_segment_base.SEGBASE_FS ok refused, set_segment_base.SEGBASE_GS_KERNEL ok refused
 * Proves: set_segment_base.SEGBASE_GS_USER ok refused, set_segment_base.SEGBASE_GS_USER_SEL ok
 */
#include "guest.h"

#define BAD 0x800000000000ULL

static u64 here[2] = { 0xf5, 0x65 };

struct msr {
	u32 index;
	u64 value;
};

static void do_read(void *arg)
{
	struct msr *m = arg;
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(m->index));
	m->value = (u64)hi << 32 | lo;
}

static u64 msr(u32 index)
{
	struct msr m = { index, ~0ULL };

	try_call(do_read, &m);
	return m.value;
}

static long base(unsigned int which, u64 value)
{
	return hypercall2(__HYPERVISOR_set_segment_base, which, value);
}

void proof(void)
{
	u64 value = 0;

	check_is(base(SEGBASE_FS, PTR(&here[0])), 0, "the FS base");
	__asm__ volatile("mov %%fs:0, %0" : "=r"(value));
	check(value == 0xf5, "is used by the processor");
	check(msr(0xc0000100) == PTR(&here[0]), "and shown");
	check(base(SEGBASE_FS, BAD) == -GUEST_EINVAL && msr(0xc0000100) == PTR(&here[0]),
	      "a bad one changes nothing");
	/* In kernel mode the kernel's base is the live one. */
	check_is(base(SEGBASE_GS_KERNEL, PTR(&here[1])), 0, "the kernel's GS base");
	__asm__ volatile("mov %%gs:0, %0" : "=r"(value));
	check(value == 0x65, "is used by the processor");
	check(base(SEGBASE_GS_KERNEL, BAD) == -GUEST_EINVAL, "a bad one is refused");
	check_is(base(SEGBASE_GS_USER, 0x123000), 0, "the user's GS base");
	check(msr(0xc0000102) == 0x123000, "is kept for user mode");
	check(base(SEGBASE_GS_USER, ~0ULL >> 1) == -GUEST_EINVAL && msr(0xc0000102) == 0x123000,
	      "a bad one changes nothing");
	__asm__ volatile("mov %%gs:0, %0" : "=r"(value));
	check(value == 0x65, "the kernel's is still there");
	check_is(base(SEGBASE_GS_USER_SEL, 0), 0, "a null selector for the user");
	check_is(base(SEGBASE_GS_USER_SEL, FLAT_USER_DS), 0, "a flat one");
	check_is(base(SEGBASE_GS_USER_SEL, 0xfff8), 0, "one beyond all tables loads as null");
	__asm__ volatile("mov %%gs:0, %0" : "=r"(value));
	check(value == 0x65, "the kernel's is still there");
	check(base(4, 0) == -GUEST_EINVAL, "a base that does not exist");
}
