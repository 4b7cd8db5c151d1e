/* SPDX-License-Identifier: MIT */
/*
 * A fuzzer of a pure part of the hypervisor: a file with a function fuzz() and
 * a line that names the sources it is linked with.  What must hold is said
 * with must(); the rest is the sanitizers' business.
 */
#pragma once

#include "lib/types.h"

struct input {
	const u8 *data;
	size_t left;
};

/* The next number; zeroes when the input is used up. */
static inline u64 take(struct input *in, size_t bytes)
{
	u64 v = 0;

	for (size_t i = 0; i < bytes && in->left; i++, in->left--)
		v |= (u64)*in->data++ << (8 * i);
	return v;
}

#define must(cond)                        \
	do {                              \
		if (!(cond))              \
			__builtin_trap(); \
	} while (0)

void fuzz(struct input *in);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };

	fuzz(&in);
	return 0;
}
