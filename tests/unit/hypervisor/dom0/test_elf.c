/* SPDX-License-Identifier: MIT */
/* sources: dom0/elf.c */
/*
 * The ELF reader: a small good image, then every way to lie in a header.
 * The good one has no page of hypercall stubs: none is asked for (XSA-466).
 * Proves: XSA-25, XSA-55, XSA-466
 */
#include "dom0/elf.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

struct image {
	struct {
		u8 ident[16];
		u16 type, machine;
		u32 version;
		u64 entry, phoff, shoff;
		u32 flags;
		u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	} eh;
	struct {
		u32 type, flags;
		u64 offset, vaddr, paddr, filesz, memsz, align;
	} ph[2];
	struct {
		u32 namesz, descsz, type;
		char name[4];
		u64 desc;
	} __attribute__((packed)) note[3];
	u8 text[64];
};

static struct image good(void)
{
	struct image i;

	memset(&i, 0, sizeof(i));
	memcpy(i.eh.ident, "\177ELF\2\1", 6);
	i.eh.machine = 62;
	i.eh.phoff = offsetof(struct image, ph);
	i.eh.phentsize = sizeof(i.ph[0]);
	i.eh.phnum = 2;
	i.ph[0].type = 1;
	i.ph[0].offset = offsetof(struct image, text);
	i.ph[0].paddr = 0x1000000;
	i.ph[0].filesz = sizeof(i.text);
	i.ph[0].memsz = 0x1800;
	i.ph[1].type = 4;
	i.ph[1].offset = offsetof(struct image, note);
	i.ph[1].filesz = sizeof(i.note);
	for (int n = 0; n < 3; n++) {
		i.note[n].namesz = 4;
		i.note[n].descsz = 8;
		memcpy(i.note[n].name, "Xen", 4);
	}
	i.note[0].type = 1; /* ENTRY */
	i.note[0].desc = 0xffffffff81000000;
	i.note[1].type = 3; /* VIRT_BASE */
	i.note[1].desc = 0xffffffff80000000;
	i.note[2].type = 15; /* INIT_P2M */
	i.note[2].desc = 0x8000000000;
	return i;
}

/* Parse an exact-size copy, so that the sanitizer sees a read beyond it. */
static const char *parse(struct elf_image *e, const struct image *i, size_t size)
{
	static u8 *copy;

	free(copy);
	copy = malloc(size ? size : 1);
	memcpy(copy, i, size);
	return elf_parse(e, copy, size);
}

START_TEST(a_good_image_is_read)
{
	struct image i = good();
	struct elf_segment seg;
	struct elf_image e;

	ck_assert_ptr_null(parse(&e, &i, sizeof(i)));
	ck_assert_uint_eq(e.entry, 0xffffffff81000000);
	ck_assert_uint_eq(e.virt_base, 0xffffffff80000000);
	ck_assert(e.has_init_p2m && !e.has_hypercall_page && !e.mod_start_pfn);
	ck_assert_uint_eq(e.paddr_start, 0x1000000);
	ck_assert_uint_eq(e.paddr_end, 0x1002000);
	ck_assert(elf_segment(&e, 0, &seg));
	ck_assert_uint_eq(seg.filesz, 64);
	ck_assert(!elf_segment(&e, 1, &seg));
}
END_TEST

START_TEST(every_shorter_file_is_refused)
{
	struct image i = good();
	struct elf_image e;

	for (size_t size = 0; size < sizeof(i); size++)
		ck_assert_ptr_nonnull(parse(&e, &i, size));
}
END_TEST

START_TEST(lies_are_refused)
{
	struct elf_image e;
	struct image i;

	i = good(), i.eh.ident[4] = 1;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.eh.machine = 3;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.eh.phnum = 0xffff;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.eh.phoff = ~0ULL - 8;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.ph[0].offset = ~0ULL;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.ph[0].filesz = ~0ULL;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.ph[0].memsz = 8;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.ph[0].memsz = ~0ULL;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.ph[0].paddr = ~0ULL - 0x1000;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
	i = good(), i.note[1].type = 99;
	ck_assert_ptr_nonnull(parse(&e, &i, sizeof(i)));
}
END_TEST

START_TEST(a_note_longer_than_its_segment_ends_the_notes)
{
	struct image i = good();
	struct elf_image e;

	i.note[2].descsz = ~0U;
	ck_assert_ptr_null(parse(&e, &i, sizeof(i)));
	ck_assert(!e.has_init_p2m);
	i.note[2].descsz = 8;
	i.note[2].namesz = ~0U - 1;
	ck_assert_ptr_null(parse(&e, &i, sizeof(i)));
	ck_assert(!e.has_init_p2m);
}
END_TEST

UNIT_MAIN("dom0/elf", a_good_image_is_read, every_shorter_file_is_refused, lies_are_refused,
	  a_note_longer_than_its_segment_ends_the_notes)
