/* SPDX-License-Identifier: MIT */
/*
 * Reading an instruction up to its opcode.
 */
#include "x86/insn_bytes.h"

bool insn_bytes_next(struct insn_bytes *in, u8 *b)
{
	if (in->at >= MIN(in->len, INSN_BYTES_MAX))
		return false;
	*b = in->code[in->at++];
	return true;
}

bool insn_bytes_prefixes(struct insn_bytes *in, bool long_mode, u8 *opcode)
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
