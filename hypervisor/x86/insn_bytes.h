/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an instruction to be carried out for a guest, read one by one;
 * pure, and inline since writes to page tables pass here.  Prefixes: Intel SDM
 * volume 2, 2.1.1 and 2.2.1.
 */
#pragma once

#include "lib/types.h"

#define INSN_BYTES_MAX 15 /* longest instruction, bytes */

#define INSN_REX_B 0x41
#define INSN_REX_R 0x44

struct insn_bytes {
	const u8 *code;
	unsigned int len, at; /* bytes there are, read */
	bool opsize, addrsize, rep, lock;
	u8 rex;	    /* 0: none */
	u8 segment; /* the prefix byte that names fs or gs; 0: none */
};

/* The next byte into *@b; false behind the last. */
static inline bool insn_bytes_next(struct insn_bytes *in, u8 *b)
{
	if (in->at >= MIN(in->len, INSN_BYTES_MAX))
		return false;
	*b = in->code[in->at++];
	return true;
}

/* All prefixes of 64-bit (@long_mode) or 32-bit code, and the first byte of the opcode behind them. */
static inline bool insn_bytes_prefixes(struct insn_bytes *in, bool long_mode, u8 *opcode)
{
	while (insn_bytes_next(in, opcode)) {
		switch (*opcode) {
		case 0x66: in->opsize = true; break;
		case 0x67: in->addrsize = true; break;
		case 0xf0: in->lock = true; break;
		case 0xf2:
		case 0xf3: in->rep = true; break;
		case 0x64:
		case 0x65: in->segment = *opcode; break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e: /* without effect in 64-bit mode */
			if (!long_mode)
				in->segment = 0;
			break;
		case 0x40 ... 0x4f:
			if (!long_mode)
				return true;
			in->rex = *opcode;
			continue;
		default: return true;
		}
		/* REX counts only right before the opcode. */
		in->rex = 0;
	}
	return false;
}

static inline bool insn_bytes_rex(const struct insn_bytes *in, u8 bit)
{
	return (in->rex & bit) == bit;
}
