/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an instruction to be carried out for a guest, read one by one;
 * pure.  Prefixes: Intel SDM volume 2, 2.1.1 and 2.2.1.
 */
#pragma once

#include "lib/types.h"

#define INSN_BYTES_MAX 15 /* longest instruction, bytes */

#define INSN_REX_B 0x41
#define INSN_REX_R 0x44
#define INSN_REX_W 0x48

struct insn_bytes {
	const u8 *code;
	unsigned int len, at; /* bytes there are, read */
	bool opsize, addrsize, rep, lock;
	u8 rex;	    /* 0: none */
	u8 segment; /* the prefix byte that names fs or gs; 0: none */
};

/* The next byte into *@b; false behind the last. */
bool insn_bytes_next(struct insn_bytes *in, u8 *b);
/* All prefixes of 64-bit (@long_mode) or 32-bit code, and the first byte of the opcode behind them. */
bool insn_bytes_prefixes(struct insn_bytes *in, bool long_mode, u8 *opcode);

static inline bool insn_bytes_rex(const struct insn_bytes *in, u8 bit)
{
	return (in->rex & bit) == bit;
}
