/* SPDX-License-Identifier: MIT */
/*
 * Sizes of memory as people type them: a whole number with one of xl's letters
 * behind it (b, k, m, g, t), MiB without one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * size_parse - a size in KiB from text.
 * Bytes are rounded down.  False if it is no size, 0, or above 2^40 KiB.
 */
bool size_parse(const char *text, uint64_t *kib);
