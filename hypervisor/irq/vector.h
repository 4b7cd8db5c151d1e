/* SPDX-License-Identifier: MIT */
/*
 * How the 256 interrupt vectors are shared out.  The numbers are with the
 * local APIC, which needs them and lies below irq/.
 */
#ifndef IRQ_VECTOR_H
#define IRQ_VECTOR_H

#include "platform/vector.h"

#endif
