/* SPDX-License-Identifier: MIT */
/*
 * Makes a domain out of a kernel, a ramdisk and some numbers.
 */
#pragma once

#include <stdint.h>

#include "build/plan.h"
#include "diag/diag.h"
#include "hv/hv.h"
#include "kernel/kernel.h"

/* What to build; everything is the caller's and only read. */
struct builder_request {
	const uint8_t *uuid; /* 16 bytes */
	const struct kernel *kernel;
	const char *kernel_path;
	const struct kernel_file *ramdisk; /* NULL for none */
	const char *cmdline;
	uint64_t memory_kib;
	uint64_t maxmem_kib; /* at least memory_kib: what it may balloon up to */
	uint32_t max_vcpus;
};

/* What came of it: what the store and the daemons need to know. */
struct builder_result {
	uint32_t domid;
	uint32_t store_port;
	uint32_t console_port;
	uint64_t store_frame;
	uint64_t console_frame;
};

/*
 * builder_plan - lay out a guest without touching the hypervisor.
 * For `--dry-run`, and the first step of builder_run().
 */
int builder_plan(const struct builder_request *req, struct plan *p, struct diag *d);

/*
 * builder_run - make the domain, paused, its memory filled and its first vCPU
 * ready.  On error nothing is left behind.
 */
int builder_run(struct hv *hv, const struct builder_request *req, struct builder_result *res,
		struct diag *d);
