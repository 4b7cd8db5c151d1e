/* SPDX-License-Identifier: MIT */
/*
 * Searching the table of function names.
 */
#include "console/symbols.h"
#include "x86/layout.h"

extern const char code_start[], text_end[];

/* Generated: offsets from the image's start in rising order, and where each name is. */
extern const u32 symbols_count;
extern const u32 symbols_offset[], symbols_name[];
extern const char symbols_text[];

bool symbols_in_text(u64 addr)
{
	return addr >= (u64)code_start && addr < (u64)text_end;
}

const char *symbols_find(u64 addr, u64 *offset)
{
	u32 lo = 0, hi = symbols_count, mid, at = addr - IMAGE_START;

	if (!symbols_in_text(addr) || !hi || at < symbols_offset[0])
		return NULL;
	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (symbols_offset[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	*offset = at - symbols_offset[lo];
	return symbols_text + symbols_name[lo];
}
