/* SPDX-License-Identifier: MIT */
/*
 * Xen's ELF notes: what a PV kernel says about how it wants to be started.
 * Names and meanings are those of <xen/elfnote.h>.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/elf.h"

#define NOTES_UNSET UINT64_MAX

struct pv_notes {
	bool any;		 /* at least one Xen note was seen */
	uint64_t entry;		 /* virtual address, or NOTES_UNSET */
	uint64_t virt_base;	 /* where pseudo-physical 0 is mapped */
	uint64_t paddr_offset;	 /* subtracted from ELF physical addresses */
	uint64_t hypercall_page; /* virtual address, or NOTES_UNSET */
	uint64_t init_p2m;	 /* virtual address of the frame list, or NOTES_UNSET */
	uint64_t hv_start_low;	 /* lowest address the hypervisor may use, or NOTES_UNSET */
	bool mod_start_pfn;	 /* the ramdisk may lie outside the mapped region */
	bool suspend_cancel;
	bool mfn_valid; /* an L1_MFN_VALID pair was given */
	uint64_t mfn_valid_mask;
	uint64_t mfn_valid_value;
	char guest_os[32];
	char guest_version[32];
	char xen_version[32];
	char loader[32];
	char features[256];
	uint32_t supported_features; /* bits are XENFEAT_* */
};

/*
 * notes_parse - read all note areas of a parsed image.
 * @file: the file @img was made from.
 * Returns NULL, or a sentence on why this kernel cannot be a PV guest.
 */
const char *notes_parse(const void *file, const struct elf_image *img, struct pv_notes *n);
