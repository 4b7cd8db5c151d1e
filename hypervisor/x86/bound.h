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

/*
 * Whether @index, an unsigned variable, is below @size.  Where it is not it
 * becomes 0, also for what runs only by a wrong guess.
 */
#define bound_index(index, size)                                               \
	({                                                                     \
		u64 mask_;                                                     \
		bool below_;                                                   \
		asm("cmp %[size_], %[index_]\n\tsbb %[mask_], %[mask_]"        \
		    : [mask_] "=r"(mask_), "=@ccc"(below_)                     \
		    : [index_] "r"((u64)(index)), [size_] "rme"((u64)(size))); \
		(index) &= (__typeof__(index))mask_;                           \
		below_;                                                        \
	})
