/* SPDX-License-Identifier: MIT */
/*
 * Names of the image's functions, for backtraces.  The table is made by
 * console/symbols.awk from a first link of the same objects.
 */
#pragma once

#include "lib/types.h"

/* The function that holds @addr and the distance from its start, or NULL outside the text. */
const char *symbols_find(u64 addr, u64 *offset);

/* Whether @addr is in the text of the image. */
bool symbols_in_text(u64 addr);
