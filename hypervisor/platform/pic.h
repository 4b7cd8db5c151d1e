/* SPDX-License-Identifier: MIT */
/*
 * The two 8259 interrupt controllers, which we only silence.
 */
#ifndef PLATFORM_PIC_H
#define PLATFORM_PIC_H

/* Move their vectors away from the exceptions (to VECTOR_LEGACY_FIRST) and mask every line. */
void pic_disable(void);

#endif
