/* SPDX-License-Identifier: MIT */
/*
 * The handle to the hypervisor: hypercalls and foreign mappings through
 * Debian's stable libraries.  Every call returns 0 or a count on success and
 * a negative errno on failure.  A handle belongs to one thread, and does not
 * survive fork().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hv/abi.h" /* before the libraries: it selects the tools' half of the ABI */
#include <xencall.h>
#include <xenforeignmemory.h>

#include "diag/diag.h"

/*
 * Arguments of a hypercall must lie in memory that the hypervisor can reach
 * at any moment.  One page holds the operation itself, a larger area its
 * arrays; both live as long as the handle, so a call allocates nothing.
 */
#define HV_ARRAY_PAGES 8
#define HV_ARRAY_BYTES ((size_t)HV_ARRAY_PAGES << 12)

struct hv {
	xencall_handle *call;
	xenforeignmemory_handle *fmem;
	void *op;    /* one page: the operation's struct */
	void *array; /* HV_ARRAY_BYTES: what its handles point to */
};

/* hv_open - open the device nodes.  On error @d says what is missing. */
int hv_open(struct hv *hv, struct diag *d);

/* hv_close - undo hv_open(); a zeroed handle is fine. */
void hv_close(struct hv *hv);

/*
 * hv_call1, hv_call2, hv_call4 - a raw hypercall with the errno convention.
 * @nr: __HYPERVISOR_*.  Positive results are passed on.
 */
int hv_call1(struct hv *hv, unsigned int nr, uint64_t a);
int hv_call2(struct hv *hv, unsigned int nr, uint64_t a, uint64_t b);
int hv_call4(struct hv *hv, unsigned int nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
