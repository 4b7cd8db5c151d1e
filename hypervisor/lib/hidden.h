/* SPDX-License-Identifier: MIT */
/*
 * Included first in every unit by the compiler's command line: every symbol
 * is local to the image, so that each access is rip-relative and needs no
 * global offset table.
 */
#pragma GCC visibility push(hidden)
