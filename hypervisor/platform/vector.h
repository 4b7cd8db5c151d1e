/* SPDX-License-Identifier: MIT */
/*
 * How the 256 interrupt vectors are shared out.
 */
#pragma once

#define VECTOR_INT80	     0x80
#define VECTOR_DYNAMIC_FIRST 0x30 /* device interrupts, 0x80 excluded */
#define VECTOR_DYNAMIC_LAST  0xdf
#define VECTOR_TIMER	     0xf0
#define VECTOR_KICK	     0xf1
#define VECTOR_CALL	     0xf2
#define VECTOR_STOP	     0xf3
#define VECTOR_ERROR	     0xfe
#define VECTOR_SPURIOUS	     0xff
