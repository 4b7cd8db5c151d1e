/* SPDX-License-Identifier: MIT */
/*
 * Decoding the few instructions that fault at CPL 3 and are emulated; pure.
 */
#include "pv/emulate_decode.h"

#include "x86/insn_bytes.h"

/* 0f 20-23: the second operand is always a register, whatever ModRM's mode says. */
static bool decode_special(struct insn_bytes *in, u8 opcode, struct decoded *out)
{
	static const enum decode_op ops[] = {
		DECODE_CR_READ,
		DECODE_DR_READ,
		DECODE_CR_WRITE,
		DECODE_DR_WRITE,
	};
	u8 modrm;

	if (!insn_bytes_next(in, &modrm))
		return false;
	out->op = ops[opcode - 0x20];
	out->special = ((modrm >> 3) & 7) | (insn_bytes_rex(in, INSN_REX_R) ? 8 : 0);
	out->reg = (modrm & 7) | (insn_bytes_rex(in, INSN_REX_B) ? 8 : 0);
	return true;
}

/* 0f 01: a group told apart by ModRM. */
static bool decode_group7(struct insn_bytes *in, struct decoded *out)
{
	u8 modrm;

	if (!insn_bytes_next(in, &modrm))
		return false;
	if (modrm == 0xd1)
		out->op = DECODE_XSETBV;
	else if (modrm == 0xf9)
		out->op = DECODE_RDTSCP;
	else if ((modrm & 0xf8) == 0xf0)
		out->op = DECODE_LMSW;
	else
		return false;
	out->reg = (modrm & 7) | (insn_bytes_rex(in, INSN_REX_B) ? 8 : 0);
	return true;
}

static bool decode_two_byte(struct insn_bytes *in, struct decoded *out)
{
	u8 opcode;

	if (!insn_bytes_next(in, &opcode))
		return false;
	switch (opcode) {
	case 0x01: return decode_group7(in, out);
	case 0x06: out->op = DECODE_CLTS; return true;
	case 0x08: out->op = DECODE_INVD; return true;
	case 0x09: out->op = DECODE_WBINVD; return true;
	case 0x20 ... 0x23: return decode_special(in, opcode, out);
	case 0x30: out->op = DECODE_WRMSR; return true;
	case 0x31: out->op = DECODE_RDTSC; return true;
	case 0x32: out->op = DECODE_RDMSR; return true;
	case 0xa2: out->op = DECODE_CPUID; return true;
	default: return false;
	}
}

/* Port opcodes: bit 0 clear means a byte, else the operand size. */
static void set_size(struct decoded *out, const struct insn_bytes *in, u8 opcode)
{
	out->size = !(opcode & 1) ? 1 : in->opsize ? 2 : 4;
}

static bool decode_one_byte(struct insn_bytes *in, u8 opcode, struct decoded *out)
{
	switch (opcode) {
	case 0x6c ... 0x6f:
		out->op = opcode & 2 ? DECODE_OUTS : DECODE_INS;
		out->rep = in->rep;
		break;
	case 0xe4 ... 0xe7:
		out->op = opcode & 2 ? DECODE_OUT : DECODE_IN;
		out->immediate_port = true;
		if (!insn_bytes_next(in, &out->port))
			return false;
		break;
	case 0xec ... 0xef: out->op = opcode & 2 ? DECODE_OUT : DECODE_IN; break;
	case 0xf4: out->op = DECODE_HLT; return true;
	case 0xfa: out->op = DECODE_CLI; return true;
	case 0xfb: out->op = DECODE_STI; return true;
	default: return false;
	}
	set_size(out, in, opcode);
	return true;
}

bool emulate_decode(const u8 *bytes, unsigned int len, bool long_mode, struct decoded *out)
{
	struct insn_bytes in = { .code = bytes, .len = len };
	u8 opcode;
	bool ok;

	*out = (struct decoded){ 0 };
	if (!insn_bytes_prefixes(&in, long_mode, &opcode) || in.lock)
		return false;
	out->segment = in.segment == 0x64 ? DECODE_SEG_FS
		       : in.segment	  ? DECODE_SEG_GS
					  : DECODE_SEG_DS;
	out->address32 = long_mode == in.addrsize;
	ok = opcode == 0x0f ? decode_two_byte(&in, out) : decode_one_byte(&in, opcode, out);
	out->length = (u8)in.at;
	/* 16-bit addressing: nobody uses it. */
	if ((out->op == DECODE_INS || out->op == DECODE_OUTS) && !long_mode && in.addrsize)
		return false;
	return ok;
}
