/* SPDX-License-Identifier: MIT */
/*
 * Building the control domain from the boot modules.
 */
#ifndef DOM0_BUILD_H
#define DOM0_BUILD_H

/* Create dom0 from module 0 (ELF kernel with Xen notes) and 1 (initrd, optional), ready to be unpaused. Panics on failure. */
void dom0_build(void);

#endif
