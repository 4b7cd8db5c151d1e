/* SPDX-License-Identifier: MIT */
/* sources: dom0/elf.c */
/* A kernel for the control domain. */
#include "dom0/elf.h"

#include "pure.h"

void fuzz(struct input *in)
{
	u8 *copy = __builtin_memcpy(__builtin_malloc(in->left + 1), in->data, in->left);
	struct elf_image image;
	struct elf_segment seg;
	volatile u8 sum = 0;

	__builtin_memset(&image, 0, sizeof(image));
	if (!elf_parse(&image, copy, in->left))
		for (unsigned int i = 0; i < image.nr_phdrs; i++) {
			if (!elf_segment(&image, i, &seg))
				continue;
			must(seg.filesz <= seg.memsz);
			/* As the builder copies it. */
			for (u64 j = 0; j < seg.filesz; j++)
				sum = (u8)(sum + seg.data[j]);
			must(seg.paddr - image.paddr_offset >= image.paddr_start &&
			     seg.paddr - image.paddr_offset + seg.memsz <= image.paddr_end);
		}
	__builtin_free(copy);
}
