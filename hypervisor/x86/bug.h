/* SPDX-License-Identifier: MIT */
/*
 * Assertions.  A failed one is `ud2` and an entry in a table, so that the
 * lowest layers can assert without knowing the console; the trap handler
 * looks the address up and panics with file and line.
 *
 * BUG_ON stays in every build and stands only where going on would leak or
 * escalate.  ASSERT is for debug builds (DEBUG=1).
 */
#pragma once

#include "lib/types.h"

struct bug_entry {
	u64 rip;
	const char *file;
	const char *text;
	u64 line;
};

#define BUG_STR_(x) #x
#define BUG_STR(x)  BUG_STR_(x)

/* Basic asm: position-independent code has no immediate operand for a string's address. */
/* clang-format off */
#define BUG_AT(what)                                                            \
	do {                                                                    \
		asm volatile("1: ud2\n\t"                                       \
			     ".pushsection .rodata.bug, \"a\"\n"               \
			     "2: .asciz \"" __FILE__ "\"\n"                    \
			     "3: .asciz \"" what "\"\n\t"                      \
			     ".popsection\n\t"                                  \
			     ".pushsection .bug_table, \"a\"\n\t"               \
			     ".quad 1b, 2b, 3b, " BUG_STR(__LINE__) "\n\t"      \
			     ".popsection");                                    \
		__builtin_unreachable();                                        \
	} while (0)
/* clang-format on */

#define BUG() BUG_AT("BUG")
#define BUG_ON(cond)                   \
	do {                           \
		if (unlikely(cond))    \
			BUG_AT(#cond); \
	} while (0)

#ifdef DEBUG
#define ASSERT(cond) BUG_ON(!(cond))
#else
#define ASSERT(cond) ((void)sizeof(!(cond)))
#endif

/* The table entry for a faulting `ud2` at @rip, or NULL. */
const struct bug_entry *bug_find(u64 rip);
