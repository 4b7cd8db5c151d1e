/* SPDX-License-Identifier: MIT */
/*
 * Error numbers of the hypercall ABI, as <xen/errno.h> lists them.
 */
#pragma once

#define XEN_ERRNO(name, value) name = value,
/*
 * Two never reach a guest: EINTR says "call again after a preemption point"
 * inside the hypervisor, ERESTART that the hypercall is to be entered anew.
 */
enum abi_error {
	EINTR = 4,
	ERESTART = 85,
#include <xen/errno.h>
};
