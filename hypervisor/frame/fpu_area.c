/* SPDX-License-Identifier: MIT */
/*
 * Memory for processor state; see x86/fpu.h.
 */
#include "x86/fpu.h"
#include "frame/alloc.h"
#include "x86/features.h"

void *fpu_alloc(void)
{
	/* At least a page, because only whole pages are aligned as XSAVE wants. */
	void *raw = alloc_bytes(MAX((size_t)cpu_features.xsave_size, PAGE_SIZE));

	if (raw)
		fpu_reset(raw);
	return raw;
}

void fpu_free(void *area)
{
	alloc_free_bytes(area);
}
