/* SPDX-License-Identifier: MIT */
/*
 * Numbers that hypercalls have stumbled over, in a random order that is the same in each run.
 */
#include "guest.h"

static u64 state = 0x9e3779b97f4a7c15;

u64 fuzz_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

u64 fuzz_word(void)
{
	static const u64 words[] = {
		0,
		1,
		~0ULL,
		1ULL << 31,
		1ULL << 32,
		1ULL << 63,
		0x7fffffff,
		0xffffffff,
		DOMID_SELF,
		DOMID_IO,
		DOMID_XEN,
		4095,
		4096,
		HYPERVISOR_VIRT_START,
		HYPERVISOR_VIRT_START - 8,
		0xffff830000000000,
		0xffff87fffffffff8,
		0x800000000000,
		0x7ffffffff000,
		0x5000,
		0xfffffffffffff000,
		~0ULL >> 12,
	};
	u64 r = fuzz_random();

	switch (r & 3) {
	case 0: return r >> 60;
	case 1: return r >> 8 & 0xff;
	default: return words[(r >> 8) % (sizeof(words) / sizeof(words[0]))];
	}
}
