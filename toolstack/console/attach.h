/* SPDX-License-Identifier: MIT */
/*
 * The viewer's side of a console: connects to lamina-consoled and passes bytes
 * between it and the terminal.
 */
#pragma once

#include <stdint.h>

#include "diag/diag.h"

/*
 * attach_guest - stay attached until the user types ^] or the guest is gone
 * for good.  A guest that reboots under the same name is followed.
 * Needs no terminal: when its input is at an end, it goes on showing output.
 */
int attach_guest(const char *name, uint32_t domid, struct diag *d);
