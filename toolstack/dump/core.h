/* SPDX-License-Identifier: MIT */
/*
 * The file of a core dump: an ELF file without segments, whose sections hold
 * notes, the vCPUs' registers, the shared page, a table of pages and the pages
 * themselves.  It is the format that xl writes and crash(8) reads.  Plain
 * values: layout and header only, no file.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "hv/abi.h"

struct hv_version;

/* An entry of the table of pages: where the guest has it, which frame it is. */
struct core_page {
	uint64_t pfn;
	uint64_t mfn;
};

/* Where everything lies in the file, in bytes. */
struct core_layout {
	uint32_t nr_vcpus;
	uint64_t nr_pages;
	uint64_t registers;   /* an array of vcpu_guest_context_t */
	uint64_t shared_info; /* one page */
	uint64_t table;	      /* an array of struct core_page, by rising pfn */
	uint64_t pages;	      /* in the order of the table; aligned to a page */
	uint64_t end;
};

/* Room for what core_header() writes; registers begin behind it. */
#define CORE_HEADER_BYTES 8192

/* core_layout - lay a file out. */
void core_layout(struct core_layout *l, uint32_t nr_vcpus, uint64_t nr_pages);

/*
 * core_header - ELF header, notes, section table.
 * @buf: CORE_HEADER_BYTES, all of which are written.
 */
void core_header(void *buf, const struct core_layout *l, const struct hv_version *v);
