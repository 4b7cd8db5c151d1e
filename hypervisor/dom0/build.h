/* SPDX-License-Identifier: MIT */
/*
 * Building the control domain from the boot modules.
 */
#pragma once

/* Create dom0 from module 0 (ELF kernel with Xen notes) and 1 (initrd, optional), ready to be unpaused. Panics on failure. */
void dom0_build(void);
