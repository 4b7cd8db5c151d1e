/* SPDX-License-Identifier: MIT */
/*
 * The ranges of free RAM and how pieces are cut off them.
 */
#include "frame/bootmem.h"
#include "console/log.h"
#include "frame/alloc.h"
#include "lib/string.h"
#include "platform/boot_info.h"
#include "x86/layout.h"

#define LOW_MEMORY 0x100000 /* start-up code, BIOS data: never allocated */
#define RANGES	   (BOOT_MAX_MEMMAP + 2 * BOOT_MAX_MODULES)

extern const char image_end[];

static struct range {
	u64 start, end;
} ranges[RANGES] __initdata;
static unsigned int nr_ranges __initdata;
static u64 limit __initdata;
static bool active;

/* Losing a range for want of a slot wastes memory, but harms nothing. */
static void __init add(u64 start, u64 end)
{
	if (start < end && nr_ranges < RANGES)
		ranges[nr_ranges++] = (struct range){ start, end };
}

static void __init reserve(u64 start, u64 end)
{
	start = ROUND_DOWN(start, PAGE_SIZE);
	end = ROUND_UP(end, PAGE_SIZE);
	for (unsigned int i = 0; i < nr_ranges; i++) {
		struct range r = ranges[i];

		if (r.end <= start || r.start >= end)
			continue;
		ranges[i].end = MAX(r.start, MIN(r.end, start));
		if (r.start >= start)
			ranges[i] = (struct range){ MIN(end, r.end), r.end };
		else
			add(end, r.end);
	}
}

void __init bootmem_init(void)
{
	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];

		if (m->type == BOOT_MEM_RAM)
			add(ROUND_UP(MAX(m->start, LOW_MEMORY), PAGE_SIZE),
			    ROUND_DOWN(m->start + m->size, PAGE_SIZE));
	}
	reserve(IMAGE_PHYS, IMAGE_PHYS + ((u64)image_end - IMAGE_START));
	for (unsigned int i = 0; i < boot_info.nr_modules; i++)
		reserve(boot_info.modules[i].start,
			boot_info.modules[i].start + boot_info.modules[i].size);
	active = true;
}

void __init bootmem_set_limit(u64 to)
{
	limit = to;
}

u64 __init bootmem_try(u64 size, u64 align)
{
	struct range *best = NULL;
	u64 best_at = 0, end;

	for (unsigned int i = 0; i < nr_ranges; i++) {
		struct range *r = &ranges[i];
		u64 top = MIN(r->end, limit), at;

		if (top < size)
			continue;
		at = ROUND_DOWN(top - size, align);
		if (at >= r->start && r->start < r->end && at > best_at) {
			best = r;
			best_at = at;
		}
	}
	if (!best)
		return 0;
	end = best->end;
	best->end = best_at;
	add(best_at + size, end);
	memset((void *)(DIRECTMAP_START + best_at), 0, size);
	return best_at;
}

u64 bootmem_take(u64 size, u64 align)
{
	u64 at = bootmem_try(size, align);

	if (!at)
		panic("Not enough memory for the hypervisor's tables.\n");
	return at;
}

void __init bootmem_release(void)
{
	active = false;
	for (unsigned int i = 0; i < nr_ranges; i++)
		alloc_add_range(ranges[i].start, ranges[i].end);
}

bool bootmem_active(void)
{
	return active;
}
