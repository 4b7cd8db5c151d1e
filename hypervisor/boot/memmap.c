/* SPDX-License-Identifier: MIT */
/*
 * Cut the address space at every start and end, decide each interval by
 * itself, and join equal neighbours.  Quadratic in some hundred entries.
 */
#include "boot/memmap.h"

/* Later types win over earlier ones. */
static unsigned int rank(u32 type)
{
	switch (type) {
	case BOOT_MEM_RAM: return 1;
	case BOOT_MEM_ACPI: return 3;
	case BOOT_MEM_NVS: return 4;
	case BOOT_MEM_BAD: return 5;
	}
	return 2;
}

static u32 known_type(u32 type)
{
	return rank(type) == 2 ? BOOT_MEM_RESERVED : type;
}

static u64 end_of(const struct boot_mem *m)
{
	u64 end;

	return __builtin_add_overflow(m->start, m->size, &end) ? ~0ULL : end;
}

/* The smallest start or end above @at, or @at if there is none. */
static u64 next_cut(const struct boot_mem *raw, unsigned int n, u64 at)
{
	u64 best = ~0ULL;
	bool found = false;

	for (unsigned int i = 0; i < n; i++) {
		u64 cuts[2] = { raw[i].start, end_of(&raw[i]) };

		for (unsigned int c = 0; c < 2; c++)
			if (cuts[c] > at && cuts[c] <= best) {
				best = cuts[c];
				found = true;
			}
	}
	return found ? best : at;
}

/* The type that rules at @at, 0 if no entry covers it. */
static u32 type_at(const struct boot_mem *raw, unsigned int n, u64 at)
{
	u32 type = 0;

	for (unsigned int i = 0; i < n; i++)
		if (raw[i].start <= at && at < end_of(&raw[i]) &&
		    (!type || rank(raw[i].type) > rank(type)))
			type = known_type(raw[i].type);
	return type;
}

bool memmap_build(const struct boot_mem *raw, unsigned int n, struct boot_mem *out,
		  unsigned int max, unsigned int *count)
{
	u64 at = 0, next;
	unsigned int k = 0;

	for (*count = 0; (next = next_cut(raw, n, at)) != at; at = next) {
		u32 type = type_at(raw, n, at);

		if (!type)
			continue;
		if (k && out[k - 1].type == type && out[k - 1].start + out[k - 1].size == at) {
			out[k - 1].size += next - at;
			continue;
		}
		if (k == max)
			return false;
		out[k++] = (struct boot_mem){ .start = at, .size = next - at, .type = type };
		*count = k;
	}
	return true;
}
