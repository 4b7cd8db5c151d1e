/* SPDX-License-Identifier: MIT */
/* sources: */
/*
 * The buddy allocator and the slab on a machine of 4,096 frames: nothing is
 * handed out twice, everything comes back, zones and alignment are kept.
 *
 * Frame table and direct map are arrays here, and locks are nothing, since a
 * test has one processor and no right to stop interrupts.
 */
#include "lib/types.h"

#define FRAMES 4096

extern unsigned char test_memory[], test_table[];

#include "x86/layout.h"
#undef FRAME_TABLE_START
#undef DIRECTMAP_START
#define FRAME_TABLE_START ((u64)test_table)
#define DIRECTMAP_START	  ((u64)test_memory)

#include "x86/bug.h"

#include "frame/alloc.c"
#define lock slab_lock
#include "frame/slab.c"
#undef lock

#include "suite.h"
#include <string.h>

unsigned char test_memory[FRAMES * PAGE_SIZE] __aligned(4096);
unsigned char test_table[FRAMES * sizeof(struct frame)] __aligned(64);
u64 frame_table_size = FRAMES;

/* Stand-ins for smp/: one CPU, and a record of the flushes asked for. */
unsigned long cpu_online_map[1] = { 3 };
static unsigned int flushes;
unsigned long tlb_filter(unsigned long mask, u32 stamp)
{
	return stamp > 100 ? mask : 0;
}
void tlb_flush_mask(unsigned long mask)
{
	ck_assert_uint_eq(mask, 3);
	flushes++;
}

static void machine(u64 first, u64 last)
{
	for (u64 i = 0; i < FRAMES; i++)
		frame_table[i].owner = FRAME_OWNER_NONE;
	alloc_init(last - first, mfn(last - 1));
	alloc_add_range(first << PAGE_SHIFT, last << PAGE_SHIFT);
}

START_TEST(all_frames_once_and_back)
{
	static bool seen[FRAMES];
	mfn_t m;

	machine(3, FRAMES);
	ck_assert_uint_eq(alloc_free_count(), FRAMES - 3);
	for (unsigned int i = 3; i < FRAMES; i++) {
		m = alloc_frames(0, 0, false);
		if (m.v < 3 || m.v >= FRAMES || seen[m.v])
			ck_abort_msg("frame %lu", m.v);
		seen[m.v] = true;
	}
	ck_assert(mfn_eq(alloc_frames(0, 0, false), INVALID_MFN));
	ck_assert_uint_eq(alloc_free_count(), 0);
	for (unsigned int i = 3; i < FRAMES; i++)
		alloc_free_frames(mfn(i), 0);
	ck_assert_uint_eq(alloc_free_count(), FRAMES - 3);
	/* All merged again: the upper half is one block of its zone. */
	m = alloc_frames(11, 0, false);
	ck_assert_uint_eq(m.v, 2048);
}
END_TEST

START_TEST(high_memory_goes_first)
{
	machine(1, FRAMES);
	ck_assert_uint_ge(alloc_frames(0, 0, false).v, 2048);
	ck_assert_uint_lt(alloc_frames(0, PAGE_SHIFT + 8, false).v, 256);
	ck_assert_uint_lt(alloc_frames(3, PAGE_SHIFT + 5, false).v, 32);
	ck_assert(mfn_eq(alloc_frames(0, PAGE_SHIFT, false), INVALID_MFN));
	ck_assert(mfn_eq(alloc_frames(5, PAGE_SHIFT + 5, false), INVALID_MFN));
	ck_assert(!mfn_eq(alloc_frames(0, 64, false), INVALID_MFN));
	ck_assert(mfn_eq(alloc_frames(40, 0, false), INVALID_MFN));
}
END_TEST

START_TEST(random_use_never_overlaps)
{
	static struct {
		u64 m;
		unsigned int order;
	} held[300];
	static u8 owner[FRAMES];
	u64 used = 0;

	machine(1, FRAMES);
	srand(7);
	for (unsigned int step = 0; step < 60000; step++) {
		unsigned int i = rand() % 300;

		if (held[i].m) {
			for (u64 k = 0; k < 1UL << held[i].order; k++)
				owner[held[i].m + k] = 0;
			alloc_free_frames(mfn(held[i].m), held[i].order);
			used -= 1UL << held[i].order;
			held[i].m = 0;
		} else {
			unsigned int order = rand() % 7;
			mfn_t m = alloc_frames(order, rand() % 2 ? 0 : 12 + rand() % 13, false);

			if (mfn_eq(m, INVALID_MFN))
				continue;
			if (m.v & ((1UL << order) - 1))
				ck_abort_msg("frame %lu of order %u is not aligned", m.v, order);
			for (u64 k = 0; k < 1UL << order; k++)
				if (owner[m.v + k]++)
					ck_abort_msg("frame %lu twice", m.v + k);
			held[i].m = m.v;
			held[i].order = order;
			used += 1UL << order;
		}
		if (alloc_free_count() + used != FRAMES - 1)
			ck_abort_msg("step %u: %lu free, %lu used", step, alloc_free_count(), used);
	}
}
END_TEST

START_TEST(stale_translations_are_flushed_before_reuse)
{
	machine(2048, FRAMES);
	frame_table[2048 + 5].stamp = 50;
	frame_table[2048 + 9].stamp = 200;
	flushes = 0;
	ck_assert_uint_eq(alloc_frames(11, 0, false).v, 2048);
	ck_assert_uint_eq(flushes, 1);
	alloc_free_frames(mfn(2048), 11);
	ck_assert_uint_eq(alloc_frames(11, 0, false).v, 2048);
	ck_assert_uint_eq(flushes, 1);
}
END_TEST

START_TEST(pages_are_zeroed)
{
	static const u8 zero[PAGE_SIZE];
	u8 *p;

	machine(1, FRAMES);
	memset(test_memory, 0xaa, sizeof(test_memory));
	p = alloc_page();
	ck_assert_ptr_nonnull(p);
	ck_assert(!memcmp(p, zero, PAGE_SIZE));
	alloc_free_page(p);
	alloc_free_page(NULL);
	ck_assert_uint_eq(alloc_free_count(), FRAMES - 1);
}
END_TEST

START_TEST(objects_of_all_sizes)
{
	static u8 *obj[2000];
	static size_t size[2000];

	machine(1, FRAMES);
	memset(test_memory, 0xaa, sizeof(test_memory));
	srand(3);
	for (unsigned int step = 0; step < 20000; step++) {
		unsigned int i = rand() % 2000;

		if (obj[i]) {
			for (size_t k = 0; k < size[i]; k++)
				if (obj[i][k] != (u8)i)
					ck_abort_msg("object %u was overwritten", i);
			alloc_free_bytes(obj[i]);
			obj[i] = NULL;
			continue;
		}
		size[i] = rand() % 4 ? rand() % 300 : rand() % 9000;
		obj[i] = alloc_bytes(size[i]);
		if (!obj[i])
			continue;
		if ((u64)obj[i] & 15)
			ck_abort_msg("object at %p", (void *)obj[i]);
		for (size_t k = 0; k < size[i]; k++) {
			if (obj[i][k])
				ck_abort_msg("object of %zu bytes is not zeroed", size[i]);
			obj[i][k] = (u8)i;
		}
	}
	for (unsigned int i = 0; i < 2000; i++)
		alloc_free_bytes(obj[i]);
	ck_assert_uint_eq(alloc_free_count(), FRAMES - 1);
}
END_TEST

START_TEST(exhaustion_is_an_error_not_a_crash)
{
	machine(2048, FRAMES);
	while (!mfn_eq(alloc_frames(0, 0, false), INVALID_MFN))
		;
	ck_assert_ptr_null(alloc_page());
	ck_assert_ptr_null(alloc_bytes(10));
	ck_assert_ptr_null(alloc_bytes(100000));
}
END_TEST

/* Cleaned here and there, used at random: what is asked to be zero always is. */
START_TEST(scrubbed_memory_is_zero_and_merges)
{
	static struct {
		u8 *p;
		unsigned int order;
	} held[200];
	unsigned int none = 0;

	machine(1, FRAMES);
	memset(test_memory, 0xaa, sizeof(test_memory));
	srand(5);
	for (unsigned int step = 0; step < 20000; step++) {
		unsigned int i = rand() % 200;
		bool zero = rand() % 2;
		mfn_t m;

		patience = rand() % 40;
		none += !alloc_scrub();
		if (held[i].p) {
			alloc_free_frames(virt_to_mfn(held[i].p), held[i].order);
			held[i].p = NULL;
			continue;
		}
		held[i].order = rand() % 5;
		m = alloc_frames(held[i].order, 0, zero);
		if (mfn_eq(m, INVALID_MFN))
			continue;
		held[i].p = mfn_to_virt(m);
		for (u64 k = 0; zero && k < PAGE_SIZE << held[i].order; k += 512)
			if (held[i].p[k])
				ck_abort_msg("step %u: frame %lu is not zero", step, m.v);
		memset(held[i].p, 0x55, PAGE_SIZE << held[i].order);
	}
	ck_assert_uint_gt(none, 100);
	for (unsigned int i = 0; i < 200; i++)
		if (held[i].p)
			alloc_free_frames(virt_to_mfn(held[i].p), held[i].order);
	do
		patience = 1000;
	while (alloc_scrub());
	ck_assert_uint_eq(alloc_free_count(), FRAMES - 1);
	/* All clean, all merged: the upper half is one block of its zone. */
	ck_assert_uint_eq(alloc_frames(11, 0, false).v, 2048);
	for (u64 k = 0; k < PAGE_SIZE << 11; k++)
		if (test_memory[(2048 << PAGE_SHIFT) + k])
			ck_abort_msg("byte %lu", k);
}
END_TEST

START_TEST(cleaning_flushes_first)
{
	machine(2048, FRAMES);
	frame_table[2048 + 5].stamp = 200;
	flushes = 0;
	do
		patience = 1000;
	while (alloc_scrub());
	ck_assert_uint_eq(flushes, 1);
	ck_assert_uint_eq(alloc_frames(11, 0, true).v, 2048);
	ck_assert_uint_eq(flushes, 1);
}
END_TEST

UNIT_MAIN("frame/alloc", scrubbed_memory_is_zero_and_merges, cleaning_flushes_first,
	  all_frames_once_and_back, high_memory_goes_first, random_use_never_overlaps,
	  stale_translations_are_flushed_before_reuse, pages_are_zeroed, objects_of_all_sizes,
	  exhaustion_is_an_error_not_a_crash)
