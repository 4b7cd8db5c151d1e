/* SPDX-License-Identifier: MIT */
/*
 * Which segment descriptors a guest may have the processor load.
 */
#pragma once

#include "lib/types.h"

/*
 * Check the descriptor *@desc and put right what can be: privilege level 3,
 * and "accessed" set so that the processor need not write to the table.
 * False if it must not be loaded at all.
 */
bool segment_ok(u64 *desc);
