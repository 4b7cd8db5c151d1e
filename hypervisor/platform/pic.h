/* SPDX-License-Identifier: MIT */
/*
 * The two 8259 interrupt controllers, which we only silence.
 */
#pragma once

/* Move their vectors away from the exceptions (to VECTOR_LEGACY_FIRST) and mask every line. */
void pic_disable(void);
