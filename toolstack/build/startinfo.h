/* SPDX-License-Identifier: MIT */
/*
 * The start_info page and the registers that a guest starts with.  Pure.
 */
#pragma once

#include <stdint.h>

#include "build/plan.h"
#include "hv/abi.h"

struct startinfo_values {
	const uint64_t *mfns;
	uint64_t nr_pages;
	uint64_t shared_info_mfn;
	uint32_t store_port;
	uint32_t console_port;
	uint64_t ramdisk_bytes;
	const char *cmdline;
};

/* Longest command line, in bytes without its NUL. */
#define STARTINFO_CMDLINE_MAX (MAX_GUEST_CMDLINE - 1)

/*
 * startinfo_fill - write the whole page.
 * @page: HV_PAGE_SIZE bytes.  A longer command line is cut; the configuration
 * refuses one before it comes to that.
 */
void startinfo_fill(void *page, const struct plan *p, const struct startinfo_values *v);

/*
 * startinfo_registers - the first vCPU's state at its first instruction.
 * @entry: virtual address.
 */
void startinfo_registers(vcpu_guest_context_t *c, const struct plan *p, uint64_t entry,
			 uint64_t root_mfn);
