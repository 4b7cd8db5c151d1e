/* SPDX-License-Identifier: MIT */
/*
 * Typed copies of hypercall arguments.  Each returns false on a bad address;
 * the handler then returns -EFAULT.
 */
#pragma once

#include "x86/usercopy.h"

/* One object. */
#define arg_get(ptr, va) (usercopy_from((ptr), gaddr(va), sizeof(*(ptr))) == 0)
#define arg_put(va, ptr) (usercopy_to(gaddr(va), (ptr), sizeof(*(ptr))) == 0)
/* Element @i of an array at @va. The product cannot wrap unnoticed: the address check covers the end. */
#define arg_get_at(ptr, va, i) \
	(usercopy_from((ptr), gaddr((va) + (u64)(i) * sizeof(*(ptr))), sizeof(*(ptr))) == 0)
#define arg_put_at(va, i, ptr) \
	(usercopy_to(gaddr((va) + (u64)(i) * sizeof(*(ptr))), (ptr), sizeof(*(ptr))) == 0)
/* Address in a public guest handle. */
#define arg_handle(h) ((u64)(h).p)
