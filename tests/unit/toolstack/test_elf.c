/* SPDX-License-Identifier: MIT */
/*
 * Kernels as hostile files: ELF headers and Xen notes.
 * The good one has no page of hypercall stubs: none is asked for (XSA-466).
 * Proves: XSA-25, XSA-55, XSA-466
 */
#include "unit/suite.h"

#include <elf.h>
#include <string.h>
#include <xen/elfnote.h>

#include "kernel/elf.h"
#include "kernel/notes.h"

#define BASE_VA 0xffffffff80000000UL

/* A small kernel: two loads and a note area, as the linker would lay them out. */
static struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[3];
	uint8_t notes[256];
	uint8_t text[512];
} image;

static struct elf_image elf;
static struct pv_notes notes;
static size_t notes_used;

static void add_note(uint32_t type, const void *desc, uint32_t size)
{
	Elf64_Nhdr nh = { .n_namesz = 4, .n_descsz = size, .n_type = type };
	uint8_t *p = image.notes + notes_used;

	memcpy(p, &nh, sizeof(nh));
	memcpy(p + sizeof(nh), "Xen", 4);
	memcpy(p + sizeof(nh) + 4, desc, size);
	notes_used += sizeof(nh) + 4 + ((size + 3) & ~3u);
	image.ph[2].p_filesz = notes_used;
}

static void add_number(uint32_t type, uint64_t v)
{
	add_note(type, &v, sizeof(v));
}

static void make_image(void)
{
	memset(&image, 0, sizeof(image));
	notes_used = 0;
	memcpy(image.eh.e_ident, ELFMAG, SELFMAG);
	image.eh.e_ident[EI_CLASS] = ELFCLASS64;
	image.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	image.eh.e_machine = EM_X86_64;
	image.eh.e_type = ET_EXEC;
	image.eh.e_entry = BASE_VA + 0x1000100;
	image.eh.e_phoff = offsetof(struct image, ph);
	image.eh.e_phentsize = sizeof(Elf64_Phdr);
	image.eh.e_phnum = 3;
	image.ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD,
				    .p_offset = offsetof(struct image, text),
				    .p_paddr = 0x1000000,
				    .p_filesz = 512,
				    .p_memsz = 512 };
	image.ph[1] = (Elf64_Phdr){ .p_type = PT_LOAD,
				    .p_offset = offsetof(struct image, text),
				    .p_paddr = 0x1200000,
				    .p_filesz = 16,
				    .p_memsz = 0x3000 };
	image.ph[2] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = offsetof(struct image, notes) };
	add_number(XEN_ELFNOTE_VIRT_BASE, BASE_VA);
	add_number(XEN_ELFNOTE_PADDR_OFFSET, 0);
	add_number(XEN_ELFNOTE_ENTRY, BASE_VA + 0x1000200);
}

static const char *parse(void)
{
	const char *why = elf_parse(&image, sizeof(image), &elf);

	return why ? why : notes_parse(&image, &elf, &notes);
}

START_TEST(good_kernel_is_understood)
{
	uint64_t pair[2] = { 1, 1 };

	make_image();
	add_number(XEN_ELFNOTE_INIT_P2M, 0x8000000000UL);
	add_number(XEN_ELFNOTE_MOD_START_PFN, 1);
	add_note(XEN_ELFNOTE_L1_MFN_VALID, pair, sizeof(pair));
	add_note(XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb", 42);
	add_note(XEN_ELFNOTE_LOADER, "generic", 8);
	ck_assert_ptr_null(parse());
	ck_assert_uint_eq(elf.nr_loads, 2);
	ck_assert_uint_eq(elf.paddr_start, 0x1000000);
	ck_assert_uint_eq(elf.paddr_end, 0x1203000);
	ck_assert_uint_eq(notes.entry, BASE_VA + 0x1000200);
	ck_assert_uint_eq(notes.virt_base, BASE_VA);
	ck_assert_uint_eq(notes.init_p2m, 0x8000000000UL);
	ck_assert(notes.mod_start_pfn);
	ck_assert(notes.mfn_valid);
	ck_assert_uint_eq(notes.hypercall_page, NOTES_UNSET);
}
END_TEST

START_TEST(entry_falls_back_to_the_elf_header)
{
	make_image();
	notes_used = 0;
	add_number(XEN_ELFNOTE_VIRT_BASE, BASE_VA);
	add_number(XEN_ELFNOTE_PADDR_OFFSET, 0);
	ck_assert_ptr_null(parse());
	ck_assert_uint_eq(notes.entry, BASE_VA + 0x1000100);
}
END_TEST

START_TEST(kernels_that_cannot_run_are_told_why)
{
	make_image();
	image.eh.e_ident[EI_CLASS] = ELFCLASS32;
	ck_assert(strstr(parse(), "32-bit"));
	make_image();
	image.eh.e_machine = EM_ARM;
	ck_assert(strstr(parse(), "x86-64"));
	make_image();
	image.eh.e_ident[0] = 'X';
	ck_assert(strstr(parse(), "neither"));
	make_image();
	image.ph[2].p_filesz = 0;
	ck_assert(strstr(parse(), "CONFIG_XEN_PV"));
	make_image();
	add_note(XEN_ELFNOTE_FEATURES, "!auto_translated_physmap", 25);
	ck_assert(strstr(parse(), "translated"));
	make_image();
	add_note(XEN_ELFNOTE_LOADER, "special", 8);
	ck_assert(strstr(parse(), "loader"));
	ck_assert(strstr(elf_parse(&image, 10, &elf), "short"));
}
END_TEST

START_TEST(impossible_headers_are_refused)
{
	make_image();
	image.eh.e_phoff = UINT64_MAX - 8;
	ck_assert(strstr(parse(), "outside"));
	make_image();
	image.eh.e_phnum = 0xffff;
	ck_assert(strstr(parse(), "outside"));
	make_image();
	image.eh.e_phentsize = 8;
	ck_assert(strstr(parse(), "no program headers"));
	make_image();
	image.ph[0].p_filesz = 513;
	ck_assert(strstr(parse(), "larger in the file"));
	make_image();
	image.ph[0].p_offset = UINT64_MAX;
	ck_assert(strstr(parse(), "outside the file"));
	make_image();
	image.ph[1].p_memsz = UINT64_MAX;
	ck_assert(strstr(parse(), "absurdly"));
	make_image();
	image.ph[1].p_paddr = UINT64_MAX - 4;
	ck_assert(strstr(parse(), "absurdly"));
	make_image();
	image.ph[1].p_paddr = 1UL << 40;
	ck_assert(strstr(parse(), "too far apart"));
	make_image();
	image.ph[0].p_type = image.ph[1].p_type = PT_NULL;
	ck_assert(strstr(parse(), "nothing to load"));
}
END_TEST

START_TEST(broken_notes_end_the_area_only)
{
	Elf64_Nhdr huge = { .n_namesz = 4, .n_descsz = 0xfffffff0, .n_type = 1 };

	make_image();
	memcpy(image.notes + notes_used, &huge, sizeof(huge));
	image.ph[2].p_filesz = notes_used + sizeof(huge) + 4;
	ck_assert_ptr_null(parse());
	ck_assert_uint_eq(notes.virt_base, BASE_VA);

	make_image();
	huge.n_namesz = UINT32_MAX;
	memcpy(image.notes, &huge, sizeof(huge));
	ck_assert_ptr_nonnull(parse());
}
END_TEST

static uint32_t seed = 777;

static uint32_t next(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

START_TEST(mangled_files_stay_in_bounds)
{
	for (int round = 0; round < 50000; round++) {
		uint8_t *bytes = (uint8_t *)&image;
		uint8_t *copy;
		size_t len;

		make_image();
		for (uint32_t i = next() % 8 + 1; i > 0; i--)
			bytes[next() % (sizeof(image) - 512)] = (uint8_t)next();
		len = next() % 4 ? sizeof(image) : next() % sizeof(image);
		copy = malloc(len ? len : 1); /* so that the sanitizer sees its end */
		memcpy(copy, bytes, len);
		if (!elf_parse(copy, len, &elf)) {
			notes_parse(copy, &elf, &notes);
			for (size_t i = 0; i < elf.nr_loads; i++)
				ck_assert_uint_le(elf.loads[i].offset + elf.loads[i].filesz, len);
		}
		free(copy);
	}
}
END_TEST

UNIT_MAIN("elf", good_kernel_is_understood, entry_falls_back_to_the_elf_header,
	  kernels_that_cannot_run_are_told_why, impossible_headers_are_refused,
	  broken_notes_end_the_area_only, mangled_files_stay_in_bounds)
