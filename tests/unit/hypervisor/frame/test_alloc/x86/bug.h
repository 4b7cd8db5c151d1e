/* SPDX-License-Identifier: MIT */
/* A bug ends the test. */
#pragma once

#include <stdlib.h>
#define BUG_ON(cond)             \
	do {                     \
		if (cond)        \
			abort(); \
	} while (0)
#define ASSERT(cond) BUG_ON(!(cond))
