/* SPDX-License-Identifier: MIT */
/*
 * Error numbers of the hypercall ABI, as <xen/errno.h> lists them.
 */
#ifndef ABI_ERROR_H
#define ABI_ERROR_H

#define XEN_ERRNO(name, value) name = value,
/*
 * ERESTART never reaches a guest: a handler that returns it is entered again.
 */
enum abi_error {
	ERESTART = 85,
#include <xen/errno.h>
};

#endif
