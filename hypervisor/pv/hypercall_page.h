/* SPDX-License-Identifier: MIT */
/*
 * The hypercall page: one 32-byte stub for each hypercall number.
 */
#pragma once

/* Fill the 4096 bytes at @page. */
void hypercall_page_fill(void *page);
