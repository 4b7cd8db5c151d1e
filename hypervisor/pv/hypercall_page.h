/* SPDX-License-Identifier: MIT */
/*
 * The hypercall page: one 32-byte stub for each hypercall number.
 */
#ifndef PV_HYPERCALL_PAGE_H
#define PV_HYPERCALL_PAGE_H

/* Fill the 4096 bytes at @page. */
void hypercall_page_fill(void *page);

#endif
