/* SPDX-License-Identifier: MIT */
/*
 * Checks of a guest's numbers that hold while the processor guesses (Spectre v1).
 *
 * A branch on the result of a comparison may be guessed wrong, and what follows
 * then runs for a while with the number that was to be refused: enough to load
 * from anywhere and leave a trace in a cache.  So the number itself is made
 * harmless by arithmetic on the comparison's outcome, which is not guessed.
 */
#pragma once

#include "lib/types.h"

/* Whether @index is below @size: then *@mask is all ones, else 0. */
/* clang-format off */
static inline __attribute__((always_inline)) bool bound_mask(u64 index, u64 size, u64 *mask)
{
	asm goto("cmp %[size], %[index]\n\t"
		 "sbb %[mask], %[mask]\n\t"
		 "jnc %l[beyond]"
		 : [mask] "=r"(*mask)
		 : [index] "r"(index), [size] "rme"(size)
		 : "cc"
		 : beyond);
	return true;
beyond:
	return false;
}
/* clang-format on */

/*
 * Whether @index, an unsigned variable, is below @size.  Where it is not it
 * becomes 0, also for what runs only by a wrong guess.
 */
#define bound_index(index, size)                                        \
	({                                                              \
		u64 mask_;                                              \
		bool below_ = bound_mask((u64)(index), (size), &mask_); \
		(index) &= (__typeof__(index))mask_;                    \
		below_;                                                 \
	})

/*
 * Nothing of what follows runs before the branches so far are known to have been
 * guessed right: for a check that is not of an index.
 */
static inline void bound_guesses(void)
{
	asm volatile("lfence" ::: "memory");
}
