/* SPDX-License-Identifier: MIT */
/*
 * ELF64 headers and Xen notes (System V ABI; <xen/elfnote.h>).
 */
#include "dom0/elf.h"
#include "lib/string.h"

#include <elf.h>
#include <xen/elfnote.h>

#define ELF_MAX_PHDRS 64

/* No kernel needs more address space than this; it also keeps sums from wrapping. */
#define ELF_MAX_PADDR (1ULL << 40)

static void elf_phdr(const struct elf_image *image, unsigned int i, Elf64_Phdr *ph)
{
	memcpy(ph, image->data + image->phoff + i * sizeof(*ph), sizeof(*ph));
}

static u64 elf_note_number(const u8 *desc, u32 size)
{
	u64 v = 0;

	memcpy(&v, desc, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static void elf_take_note(struct elf_image *image, u32 type, const u8 *desc, u32 size)
{
	u64 value = elf_note_number(desc, size);

	switch (type) {
	case XEN_ELFNOTE_ENTRY: image->entry = value; break;
	case XEN_ELFNOTE_VIRT_BASE:
		image->virt_base = value;
		image->has_virt_base = true;
		break;
	case XEN_ELFNOTE_PADDR_OFFSET: image->paddr_offset = value; break;
	case XEN_ELFNOTE_INIT_P2M:
		image->init_p2m = value;
		image->has_init_p2m = true;
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		image->hypercall_page = value;
		image->has_hypercall_page = true;
		break;
	case XEN_ELFNOTE_MOD_START_PFN: image->mod_start_pfn = value != 0; break;
	case XEN_ELFNOTE_GUEST_OS:
		for (u32 i = 0; i < size && i < sizeof(image->guest_os) - 1 && desc[i]; i++)
			image->guest_os[i] = (char)desc[i];
		break;
	}
}

static void elf_read_notes(struct elf_image *image, const u8 *p, u64 left)
{
	Elf64_Nhdr note;

	while (left >= sizeof(note)) {
		u64 name_len, desc_len;

		memcpy(&note, p, sizeof(note));
		p += sizeof(note);
		left -= sizeof(note);
		name_len = ROUND_UP((u64)note.n_namesz, 4);
		desc_len = ROUND_UP((u64)note.n_descsz, 4);
		if (name_len + desc_len > left)
			return;
		if (note.n_namesz == 4 && !memcmp(p, "Xen", 4))
			elf_take_note(image, note.n_type, p + name_len, note.n_descsz);
		p += name_len + desc_len;
		left -= name_len + desc_len;
	}
}

static const char *elf_check_segment(struct elf_image *image, const Elf64_Phdr *ph)
{
	if (ph->p_offset > image->size || ph->p_filesz > image->size - ph->p_offset)
		return "a segment lies outside the file";
	if (ph->p_type == PT_NOTE)
		elf_read_notes(image, image->data + ph->p_offset, ph->p_filesz);
	if (ph->p_type != PT_LOAD || !ph->p_memsz)
		return NULL;
	if (ph->p_filesz > ph->p_memsz)
		return "a segment is larger in the file than in memory";
	if (ph->p_paddr > ELF_MAX_PADDR || ph->p_memsz > ELF_MAX_PADDR)
		return "a segment's load address is absurd";
	image->paddr_start = MIN(image->paddr_start, ph->p_paddr);
	image->paddr_end = MAX(image->paddr_end, ROUND_UP(ph->p_paddr + ph->p_memsz, PAGE_SIZE));
	return NULL;
}

const char *elf_parse(struct elf_image *image, const void *data, u64 size)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	memset(image, 0, sizeof(*image));
	image->data = data;
	image->size = size;
	image->paddr_start = ELF_MAX_PADDR;
	if (size < sizeof(eh))
		return "the file is shorter than an ELF header";
	memcpy(&eh, data, sizeof(eh));
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG))
		return "not an ELF file (a bzImage must be unpacked first)";
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh.e_machine != EM_X86_64)
		return "not a 64-bit x86 ELF file";
	if (eh.e_phentsize != sizeof(ph) || eh.e_phnum > ELF_MAX_PHDRS || eh.e_phoff > size ||
	    eh.e_phnum * sizeof(ph) > size - eh.e_phoff)
		return "the program headers lie outside the file";
	image->phoff = eh.e_phoff;
	image->nr_phdrs = eh.e_phnum;
	image->entry = eh.e_entry;
	for (unsigned int i = 0; i < image->nr_phdrs; i++) {
		const char *bad;

		elf_phdr(image, i, &ph);
		bad = elf_check_segment(image, &ph);
		if (bad)
			return bad;
	}
	if (image->paddr_end <= image->paddr_start)
		return "nothing to load";
	if (!image->has_virt_base)
		return "no Xen note VIRT_BASE: not a kernel for paravirtualization";
	if (image->paddr_start < image->paddr_offset)
		return "a segment loads below PADDR_OFFSET";
	return NULL;
}

bool elf_segment(const struct elf_image *image, unsigned int i, struct elf_segment *seg)
{
	Elf64_Phdr ph;

	elf_phdr(image, i, &ph);
	if (ph.p_type != PT_LOAD || !ph.p_memsz)
		return false;
	seg->data = image->data + ph.p_offset;
	seg->paddr = ph.p_paddr;
	seg->filesz = ph.p_filesz;
	seg->memsz = ph.p_memsz;
	return true;
}
