/* SPDX-License-Identifier: MIT */
/*
 * Between boot/head.S and C.
 */
#pragma once

#include "lib/types.h"

/* First C function: the loader's magic and the physical address of its information. */
void __noreturn boot_main(u32 magic, u32 info);

/* Go on in @fn with the stack pointer at @top, a multiple of 8; the old stack is given up. */
void __noreturn boot_switch_stack(u64 top, void __noreturn (*fn)(void));
