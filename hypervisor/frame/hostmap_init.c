/* SPDX-License-Identifier: MIT */
/*
 * Building the host's address space at boot.
 *
 * First, from memory below 4 GiB that the early tables show: direct map and
 * image.  Then, on the new tables and from anywhere: frame table and M2P, in
 * large pages, with parts for which there is no RAM backed by one filler page
 * that nobody can write.
 */
#include "console/log.h"
#include "frame/alloc.h"
#include "frame/bootmem.h"
#include "frame/frame.h"
#include "frame/owner.h"
#include "frame/hostmap.h"
#include "lib/string.h"
#include "platform/boot_info.h"
#include "x86/speculation.h"
#include "x86/insn.h"
#include "x86/trampoline.h"

#define LARGE	 (1UL << 21)
#define FOUR_GIB (1UL << 32)

/* Reserved memory that may hold firmware tables: small, and below the usual device windows. */
#define RESERVED_TOP  0xe0000000UL
#define RESERVED_SIZE (64UL << 20)

#define LOW_START 0x1000UL
#define LOW_END	  0xa0000UL

extern const char text_start[], text_end[], rodata_end[], init_start[], init_text_end[];
extern const char init_end[], image_end[];

u64 frame_table_size;

static void __init map(u64 va, u64 phys, u64 size, u64 flags)
{
	if (hostmap_map_range(va, phys, size, flags))
		panic("No memory to map %#lx bytes at %#lx.\n", size, va);
}

static void __init map_image_part(const char *start, const char *end, u64 flags)
{
	map((u64)start, hostmap_maddr(start).v, end - start, flags);
}

static void __init map_image(void)
{
	map_image_part(text_start, text_end, PTE_HV_RX);
	map_image_part(text_end, rodata_end, PTE_HV_RO);
	map_image_part(rodata_end, init_start, PTE_HV_RW);
	map_image_part(init_start, init_text_end, PTE_HV_RX);
	map_image_part(init_text_end, image_end, PTE_HV_RW);
}

static bool __init in_direct_map(const struct boot_mem *m)
{
	switch (m->type) {
	case BOOT_MEM_RAM:
	case BOOT_MEM_ACPI:
	case BOOT_MEM_NVS: return true;
	case BOOT_MEM_RESERVED: return m->start < RESERVED_TOP && m->size <= RESERVED_SIZE;
	}
	return false;
}

static void __init map_memory(void)
{
	u64 constant = (u64)(rodata_end - text_start);

	map(DIRECTMAP_START, 0, 0x100000, PTE_HV_RW);
	/* Small pages around text and constants, for the sake of their own rights below. */
	for (u64 at = 0; at < constant; at += LARGE)
		map(DIRECTMAP_START + IMAGE_PHYS + at, IMAGE_PHYS + at, PAGE_SIZE, PTE_HV_RW);
	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];
		u64 start = ROUND_DOWN(m->start, PAGE_SIZE);
		u64 end = ROUND_UP(m->start + m->size, PAGE_SIZE);

		if (in_direct_map(m) && end <= DIRECTMAP_END - DIRECTMAP_START)
			map(DIRECTMAP_START + start, start, end - start, PTE_HV_RW);
	}
	map(DIRECTMAP_START + IMAGE_PHYS, IMAGE_PHYS, constant, PTE_HV_RO);
}

/* A page of low memory and the table on which other processors turn paging on. */
static void __init init_trampoline(void)
{
	pte_t *l4, *l3, *l2;

	for (unsigned int i = 0; i < boot_info.nr_memmap && !trampoline_phys; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];
		u64 at = ROUND_UP(MAX(m->start, LOW_START), PAGE_SIZE);

		if (m->type == BOOT_MEM_RAM && at + PAGE_SIZE <= MIN(m->start + m->size, LOW_END))
			trampoline_phys = at;
	}
	trampoline_cr3 = bootmem_take(3 * PAGE_SIZE, PAGE_SIZE);
	l4 = maddr_to_virt(maddr(trampoline_cr3));
	l3 = l4 + PTES_PER_TABLE;
	l2 = l3 + PTES_PER_TABLE;
	memcpy(l4, hostmap_l4, PAGE_SIZE);
	l4[0] = pte_make(virt_to_mfn(l3), PTE_PRESENT | PTE_RW);
	l3[0] = pte_make(virt_to_mfn(l2), PTE_PRESENT | PTE_RW);
	l2[0] = pte_make(mfn(0), PTE_PRESENT | PTE_RW | PTE_PSE);
}

static bool __init has_ram(u64 start, u64 end)
{
	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];

		if (m->type == BOOT_MEM_RAM && m->start < end && m->start + m->size > start)
			return true;
	}
	return false;
}

/* Real memory for @size bytes of a table at @va (and, read-only for guests, at @alias). */
static void __init back(u64 va, u64 alias, u64 size)
{
	u64 phys = size == LARGE ? bootmem_try(LARGE, LARGE) : 0, step = phys ? LARGE : PAGE_SIZE;

	for (u64 done = 0; done < size; done += step) {
		if (step == PAGE_SIZE)
			phys = bootmem_take(PAGE_SIZE, PAGE_SIZE);
		map(va + done, phys, step, PTE_HV_RW);
		if (alias)
			map(alias + done, phys, step, PTE_HV_RO | PTE_USER);
	}
}

/* A table of one page over and over. */
static u64 __init filler_table(u64 page, u64 flags)
{
	u64 l1 = bootmem_take(PAGE_SIZE, PAGE_SIZE);
	pte_t *e = maddr_to_virt(maddr(l1));

	for (unsigned int i = 0; i < PTES_PER_TABLE; i++)
		e[i] = pte_make(mfn(page >> PAGE_SHIFT), flags);
	return l1;
}

static void __init fill_frames(void *table, u64 size)
{
	struct frame *f = table;

	for (u64 i = 0; i < size / sizeof(*f); i++)
		f[i].owner = FRAME_OWNER_NONE;
}

static void __init fill_m2p(void *table, u64 size)
{
	memset(table, 0xff, size);
}

/*
 * The table at @start (and, read-only for guests, at @alias), of @entry bytes a
 * frame; where there is no RAM, one page over and over.  @fill makes entries of
 * no frame.
 */
static void __init build_table(u64 start, u64 alias, u64 entry, void (*fill)(void *table, u64 size))
{
	u64 per_piece = LARGE / entry, filler = 0, page;

	for (u64 first = 0; first < frame_table_size; first += per_piece) {
		u64 n = MIN(per_piece, frame_table_size - first), at = first * entry;

		if (has_ram(first << PAGE_SHIFT, (first + n) << PAGE_SHIFT)) {
			/* For guests whole pieces: tools are told where each begins and map 2 MiB. */
			u64 size = alias ? LARGE : ROUND_UP(n * entry, PAGE_SIZE);

			back(start + at, alias ? alias + at : 0, size);
			fill((void *)(start + at), size);
			continue;
		}
		if (!filler) {
			page = bootmem_take(PAGE_SIZE, PAGE_SIZE);
			fill(maddr_to_virt(maddr(page)), PAGE_SIZE);
			filler = filler_table(page, alias ? PTE_HV_RO | PTE_USER : PTE_HV_RO);
		}
		if (hostmap_link(start + at, maddr(filler)) ||
		    (alias && hostmap_link(alias + at, maddr(filler))))
			panic("No memory for a table of all frames.\n");
	}
}

/* Guests may map the M2P read-only (the control domain reads it for others). */
static void __init own_m2p(void)
{
	for (u64 i = 0; i < frame_table_size; i += PAGE_SIZE / sizeof(u64)) {
		mfn_t m = hostmap_m2p_frame(i);

		if (frame_valid(m) && hostmap_is_ram(m))
			owner_expose(m);
	}
}

static void __init count_memory(void)
{
	u64 frames = 0, top = 0;

	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *m = &boot_info.memmap[i];

		if (m->type != BOOT_MEM_RAM)
			continue;
		frames += m->size >> PAGE_SHIFT;
		top = MAX(top, m->start + m->size);
	}
	top = MIN(top, DIRECTMAP_END - DIRECTMAP_START);
	frame_table_size = top >> PAGE_SHIFT;
	/* Firmware hides memory of its own below 4 GiB. */
	if (speculation.measures & SPEC_L1TF)
		speculation.l1tf_last = MAX(top, FOUR_GIB) - 1;
	alloc_init(frames, mfn(frame_table_size - 1));
}

void __init hostmap_init(void)
{
	count_memory();
	bootmem_init();
	bootmem_set_limit(FOUR_GIB);
	hostmap_init_slots();
	map_memory();
	map_image();
	init_trampoline();
	insn_write_cr3(mfn_to_maddr(hostmap_root()).v);

	bootmem_set_limit(~0UL);
	build_table(FRAME_TABLE_START, 0, sizeof(struct frame), fill_frames);
	build_table(M2P_RW_START, M2P_RO_START, sizeof(u64), fill_m2p);
	own_m2p();
	bootmem_release();
}

void hostmap_free_init(void)
{
	u64 phys = hostmap_maddr(init_start).v, size = init_end - init_start;

	hostmap_unmap((u64)init_start, size >> PAGE_SHIFT);
	insn_write_cr3(insn_read_cr3());
	alloc_add_range(phys, phys + size);
}

bool hostmap_is_ram(mfn_t m)
{
	u64 at = m.v << PAGE_SHIFT;

	for (unsigned int i = 0; i < boot_info.nr_memmap; i++) {
		const struct boot_mem *e = &boot_info.memmap[i];

		if (at < e->start)
			break;
		/* A frame that is RAM in part only is nobody's: firmware keeps the rest. */
		if (e->type == BOOT_MEM_RAM && at + PAGE_SIZE - e->start <= e->size)
			return m.v < frame_table_size;
	}
	return false;
}
