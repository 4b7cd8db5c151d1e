/* SPDX-License-Identifier: MIT */
/*
 * Decoding the few instructions that fault at CPL 3 and are emulated; pure.
 */
#pragma once

#include "lib/types.h"

enum decode_op {
	DECODE_CPUID,
	DECODE_RDMSR,
	DECODE_WRMSR,
	DECODE_RDTSC,
	DECODE_RDTSCP,
	DECODE_XSETBV,
	DECODE_CR_READ,
	DECODE_CR_WRITE,
	DECODE_DR_READ,
	DECODE_DR_WRITE,
	DECODE_CLTS,
	DECODE_LMSW,
	DECODE_WBINVD,
	DECODE_INVD,
	DECODE_CLI,
	DECODE_STI,
	DECODE_HLT,
	DECODE_IN,
	DECODE_OUT,
	DECODE_INS,
	DECODE_OUTS,
};

enum decode_segment { DECODE_SEG_DS, DECODE_SEG_FS, DECODE_SEG_GS };

struct decoded {
	enum decode_op op;
	u8 length;	     /* bytes of the instruction */
	u8 reg;		     /* general register, in ModRM order (0 rax .. 15 r15) */
	u8 special;	     /* number of the control or debug register */
	u8 size;	     /* 1, 2 or 4: width of a port access */
	bool immediate_port; /* port is in .port; else in dx */
	u8 port;
	bool rep;
	bool address32;		     /* ins/outs use the low halves of rsi/rdi/rcx */
	enum decode_segment segment; /* of outs's source */
};

/*
 * Decode the instruction in the @len bytes at @bytes, fetched from 64-bit
 * (@long_mode) or 32-bit code.  False if it is none of the above, or cut off.
 */
bool emulate_decode(const u8 *bytes, unsigned int len, bool long_mode, struct decoded *out);
