/* SPDX-License-Identifier: MIT */
/*
 * The image: one flat piece, because Multiboot's address fields describe one.
 * Its own page tables (frame/hostmap.c) then give each part its rights:
 * text, constants, data; what only the boot needs comes last and is freed.
 */
#include "x86/layout.h"

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)
ENTRY(boot_start)

PHDRS
{
	image PT_LOAD FILEHDR PHDRS FLAGS(7);
}

#define AT_PHYS(sec) sec : AT(ADDR(sec) - IMAGE_START + IMAGE_PHYS)
/* 16, because the compiler aligns structures of two words so. */
#define TABLE(name, start, end)                                                 \
	. = ALIGN(16);                                                          \
	start = .;                                                              \
	KEEP(*(name))                                                           \
	end = .;

SECTIONS
{
	. = IMAGE_START;
	image_start = .;
	text_start = .;
	/* The ELF header is part of the piece, so that the Multiboot headers are near the file's start. */
	. += SIZEOF_HEADERS;
	code_start = .;
	AT_PHYS(.text) {
		KEEP(*(.head))
		. = ALIGN(64);
		. = ALIGN(4096);
		entry_text_start = .;
		*(.text.entry)
		. = ALIGN(4096);
		entry_text_end = .;
		*(.text.hot .text.hot.*)
		*(.text .text.*)
	} :image
	. = ALIGN(4096);
	text_end = .;

	AT_PHYS(.rodata) {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		TABLE(.bug_table, bug_table_start, bug_table_end)
		TABLE(.altstac, altstac_start, altstac_end)
		TABLE(.altclac, altclac_start, altclac_end)
		TABLE(.altjump, altjump_start, altjump_end)
		TABLE(.altpart, altpart_start, altpart_end)
		TABLE(.cmdline, cmdline_start, cmdline_end)
		*(.symbols)
	}
	. = ALIGN(4096);
	rodata_end = .;

	AT_PHYS(.data) {
		*(.data.read_mostly)
		. = ALIGN(64);
		TABLE(.extable, extable_start, extable_end)
		TABLE(.gcov_info, gcov_info_start, gcov_info_end)
		*(.data .data.*)
		. = ALIGN(64);
		percpu_start = .;
		*(.percpu)
		. = ALIGN(64);
		percpu_end = .;
	}
	. = ALIGN(4096);
	init_start = .;
	AT_PHYS(.init) {
		*(.init.text .init.text.*)
		. = ALIGN(4096);
		init_text_end = .;
		*(.init.data .init.data.*)
		. = ALIGN(4096);
	}
	image_load_end = .;
	AT_PHYS(.init.bss) {
		*(.init.bss .init.bss.*)
		. = ALIGN(4096);
	}
	init_end = .;
	AT_PHYS(.bss) {
		*(.bss.page_aligned .bss.page_aligned.*)
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	}
	image_end = .;

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
	}
}

ASSERT(image_end - image_start <= 0x1000000, "the early tables map 16 MiB")
ASSERT(entry_text_end - image_start <= 0x200000, "one table maps the entry code")
ASSERT(trampoline_end - trampoline_start <= 4096, "the trampoline is one page")
