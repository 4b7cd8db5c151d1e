/* SPDX-License-Identifier: MIT */
/*
 * Sizes that people type, and the header of a core dump as another ELF reader
 * sees it.
 */
#include "unit/suite.h"

#include <elf.h>
#include <string.h>

#include "config/size.h"
#include "dump/core.h"
#include "hv/sysctl.h"

START_TEST(sizes_have_units)
{
	uint64_t kib = 0;

	ck_assert(size_parse("512", &kib) && kib == 512 << 10);
	ck_assert(size_parse("512m", &kib) && kib == 512 << 10);
	ck_assert(size_parse("1G", &kib) && kib == 1 << 20);
	ck_assert(size_parse("4096k", &kib) && kib == 4096);
	ck_assert(size_parse("8192b", &kib) && kib == 8);
	ck_assert(size_parse("1024t", &kib) && kib == 1ULL << 40);
}
END_TEST

START_TEST(what_is_no_size)
{
	static const char *const bad[] = { "",
					   "m",
					   "-5",
					   "+5",
					   " 5",
					   "5x",
					   "5mm",
					   "5 m",
					   "0",
					   "0g",
					   "1023b",
					   "1025t",
					   "99999999999999999999",
					   "0x10",
					   "1.5g" };
	uint64_t kib;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!size_parse(bad[i], &kib), "`%s' was taken", bad[i]);
}
END_TEST

static char header[CORE_HEADER_BYTES] __attribute__((aligned(16)));

static const Elf64_Shdr *section(const char *name)
{
	const Elf64_Ehdr *e = (const void *)header;
	const Elf64_Shdr *s = (const void *)(header + e->e_shoff);
	const char *names = header + s[e->e_shstrndx].sh_offset;

	for (int i = 1; i < e->e_shnum; i++)
		if (strcmp(names + s[i].sh_name, name) == 0)
			return &s[i];
	ck_abort_msg("no section %s", name);
	return NULL;
}

static const struct hv_version version = { .major = 4, .minor = 17, .extra = ".0-x", .page_size = 4096 };

START_TEST(sections_lie_as_laid_out)
{
	struct core_layout l;

	core_layout(&l, 3, 1000);
	core_header(header, &l, &version);
	ck_assert_mem_eq(header, ELFMAG, SELFMAG);
	ck_assert_uint_eq(((const Elf64_Ehdr *)(const void *)header)->e_type, ET_CORE);
	ck_assert_uint_eq(section(".xen_prstatus")->sh_size, 3 * sizeof(vcpu_guest_context_t));
	ck_assert_uint_eq(section(".xen_p2m")->sh_size, 1000 * 16);
	ck_assert_uint_eq(section(".xen_p2m")->sh_entsize, 16);
	ck_assert_uint_eq(section(".xen_pages")->sh_offset % 4096, 0);
	ck_assert_uint_eq(section(".xen_pages")->sh_size, 1000 * 4096);
	/* None lies in another. */
	ck_assert_uint_ge(section(".xen_prstatus")->sh_offset, CORE_HEADER_BYTES);
	ck_assert_uint_ge(l.shared_info, l.registers + 3 * sizeof(vcpu_guest_context_t));
	ck_assert_uint_ge(l.table, l.shared_info + 4096);
	ck_assert_uint_ge(l.pages, l.table + 1000 * 16);
	ck_assert_uint_eq(l.end, l.pages + 1000 * 4096);
}
END_TEST

START_TEST(notes_can_be_walked)
{
	struct core_layout l;
	const Elf64_Shdr *s;
	unsigned int types = 0;

	core_layout(&l, 1, 77);
	core_header(header, &l, &version);
	s = section(".note.Xen");
	for (size_t at = 0; at < s->sh_size;) {
		const Elf64_Nhdr *n = (const void *)(header + s->sh_offset + at);
		const char *name = (const char *)(n + 1);
		const uint64_t *desc = (const void *)(name + ((n->n_namesz + 3) & ~3u));

		ck_assert_str_eq(name, "Xen");
		ck_assert_uint_eq(n->n_type, 0x2000000 + types);
		if (n->n_type == 0x2000001) {
			ck_assert_uint_eq(desc[0], 0xF00FEBED);
			ck_assert_uint_eq(desc[1], 1);
			ck_assert_uint_eq(desc[2], 77);
			ck_assert_uint_eq(desc[3], 4096);
		}
		types++;
		at += sizeof(*n) + ((n->n_namesz + 3) & ~3u) + ((n->n_descsz + 3) & ~3u);
		ck_assert_uint_le(at, s->sh_size);
	}
	ck_assert_uint_eq(types, 4);
}
END_TEST

UNIT_MAIN("core", sizes_have_units, what_is_no_size, sections_lie_as_laid_out, notes_can_be_walked)
