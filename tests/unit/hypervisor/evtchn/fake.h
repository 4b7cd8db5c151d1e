/* SPDX-License-Identifier: MIT */
/*
 * What event-channel code needs of the hypervisor, faked for one thread: locks
 * that check their use, guest pages from the heap, and a record of upcalls.
 * To be included before any header of the hypervisor.
 */
#pragma once

#include "suite.h"

#include <stdarg.h>
#include <string.h>

#include "x86/percpu.h"

/* Of the one CPU there is: nothing waits. */
#undef this_cpu
#define this_cpu(name) percpu__##name
__attribute__((weak)) u32 percpu__softirq_bits;

#include "domain/vcpu.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "frame/type.h"

/* Guest frames are numbers into this; the frame table is not touched. */
#define FAKE_FRAMES 160
static void *fake_page[FAKE_FRAMES];
static int fake_uses[FAKE_FRAMES];

static inline void *fake_mfn_to_virt(mfn_t m)
{
	return fake_page[m.v];
}

static inline mfn_t fake_virt_to_mfn(const void *p)
{
	for (u64 i = 0; i < FAKE_FRAMES; i++)
		if (fake_page[i] == p)
			return mfn(i);
	ck_abort_msg("not a guest page");
	return INVALID_MFN;
}

#define mfn_to_virt(m) fake_mfn_to_virt(m)
#define virt_to_mfn(p) fake_virt_to_mfn(p)

int type_get_owned(mfn_t m, u16 domid, enum frame_type type)
{
	(void)domid;
	ck_assert_int_eq(type, FRAME_WRITABLE);
	if (m.v >= FAKE_FRAMES || !fake_page[m.v])
		return -EINVAL;
	fake_uses[m.v]++;
	return 0;
}

void type_put_owned(struct frame *f)
{
	fake_uses[frame_mfn(f).v]--;
}

static bool fake_no_memory;

void *alloc_bytes(size_t size)
{
	return fake_no_memory ? NULL : calloc(1, size);
}

void alloc_free_bytes(void *p)
{
	free(p);
}

void *alloc_page(void)
{
	return fake_no_memory ? NULL : calloc(1, PAGE_SIZE);
}

void alloc_free_page(void *page)
{
	free(page);
}
