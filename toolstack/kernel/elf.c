/* SPDX-License-Identifier: MIT */
/*
 * ELF files as hostile input.
 */
#include "kernel/elf.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

/* Whether [offset, offset + len) lies in a file of @size bytes. */
static bool in_file(uint64_t offset, uint64_t len, size_t size)
{
	return offset <= size && len <= size - offset;
}

static const char *check_header(const void *file, size_t size, Elf64_Ehdr *eh)
{
	if (size < sizeof(*eh))
		return "the file is too short to be a kernel";
	memcpy(eh, file, sizeof(*eh));
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0)
		return "the file is neither an ELF executable nor a bzImage";
	if (eh->e_ident[EI_CLASS] != ELFCLASS64)
		return "the kernel is 32-bit; only 64-bit guests are supported";
	if (eh->e_ident[EI_DATA] != ELFDATA2LSB || eh->e_machine != EM_X86_64)
		return "the kernel is not for x86-64";
	if (eh->e_type != ET_EXEC && eh->e_type != ET_DYN)
		return "the ELF file is not an executable";
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phnum == 0)
		return "the ELF file has no program headers";
	if (!in_file(eh->e_phoff, (uint64_t)eh->e_phnum * sizeof(Elf64_Phdr), size))
		return "the ELF program headers lie outside the file";
	return NULL;
}

static const char *add_load(struct elf_image *img, const Elf64_Phdr *ph, size_t size)
{
	struct elf_load *l;

	if (ph->p_memsz == 0)
		return NULL;
	if (ph->p_filesz > ph->p_memsz)
		return "an ELF segment is larger in the file than in memory";
	if (!in_file(ph->p_offset, ph->p_filesz, size))
		return "an ELF segment lies outside the file";
	if (ph->p_memsz > ELF_MAX_SPAN || ph->p_paddr > UINT64_MAX - ph->p_memsz)
		return "an ELF segment is absurdly large";
	if (img->nr_loads == ELF_MAX_LOADS)
		return "the ELF file has too many segments";

	l = &img->loads[img->nr_loads++];
	l->offset = ph->p_offset;
	l->filesz = ph->p_filesz;
	l->paddr = ph->p_paddr;
	l->memsz = ph->p_memsz;
	if (l->paddr < img->paddr_start)
		img->paddr_start = l->paddr;
	if (l->paddr + l->memsz > img->paddr_end)
		img->paddr_end = l->paddr + l->memsz;
	return NULL;
}

/* Areas outside the file are passed over: they hold nothing to read. */
static void add_notes(struct elf_image *img, uint64_t offset, uint64_t len, size_t size)
{
	if (len == 0 || !in_file(offset, len, size) || img->nr_notes == ELF_MAX_NOTES)
		return;
	img->notes[img->nr_notes].offset = offset;
	img->notes[img->nr_notes].size = len;
	img->nr_notes++;
}

/* Kernels older than 2.6.23 have notes as sections only. */
static void section_notes(const uint8_t *file, size_t size, const Elf64_Ehdr *eh,
			  struct elf_image *img)
{
	uint64_t len = (uint64_t)eh->e_shnum * sizeof(Elf64_Shdr);

	if (eh->e_shentsize != sizeof(Elf64_Shdr) || !in_file(eh->e_shoff, len, size))
		return;
	for (unsigned int i = 0; i < eh->e_shnum; i++) {
		Elf64_Shdr sh;

		memcpy(&sh, file + eh->e_shoff + (uint64_t)i * sizeof(sh), sizeof(sh));
		if (sh.sh_type == SHT_NOTE)
			add_notes(img, sh.sh_offset, sh.sh_size, size);
	}
}

const char *elf_parse(const void *file, size_t size, struct elf_image *img)
{
	const uint8_t *bytes = file;
	const char *why;
	Elf64_Ehdr eh;

	memset(img, 0, sizeof(*img));
	img->paddr_start = UINT64_MAX;
	why = check_header(file, size, &eh);
	if (why)
		return why;
	img->entry = eh.e_entry;

	for (unsigned int i = 0; i < eh.e_phnum; i++) {
		Elf64_Phdr ph;

		memcpy(&ph, bytes + eh.e_phoff + (uint64_t)i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_LOAD) {
			why = add_load(img, &ph, size);
			if (why)
				return why;
		} else if (ph.p_type == PT_NOTE) {
			add_notes(img, ph.p_offset, ph.p_filesz, size);
		}
	}
	if (img->nr_notes == 0)
		section_notes(bytes, size, &eh, img);

	if (img->nr_loads == 0)
		return "the ELF file has nothing to load";
	if (img->paddr_end - img->paddr_start > ELF_MAX_SPAN)
		return "the ELF segments lie too far apart";
	return NULL;
}
