/* SPDX-License-Identifier: MIT */
/*
 * Decoding the few instructions that fault at CPL 3 and are emulated; pure.
 */
#include "pv/emulate_decode.h"

#define REX_B 0x41
#define REX_R 0x44

struct cursor {
	const u8 *bytes;
	unsigned int len, at;
};

struct prefixes {
	bool opsize, addrsize, rep, lock;
	u8 rex; /* 0: none */
	enum decode_segment segment;
};

static bool next(struct cursor *c, u8 *byte)
{
	if (c->at >= c->len)
		return false;
	*byte = c->bytes[c->at++];
	return true;
}

/* Legacy prefixes, then REX, which counts only right before the opcode. */
static bool prefixes(struct cursor *c, bool long_mode, struct prefixes *p, u8 *opcode)
{
	u8 b;

	while (next(c, &b)) {
		switch (b) {
		case 0x66: p->opsize = true; break;
		case 0x67: p->addrsize = true; break;
		case 0xf0: p->lock = true; break;
		case 0xf2:
		case 0xf3: p->rep = true; break;
		case 0x64: p->segment = DECODE_SEG_FS; break;
		case 0x65: p->segment = DECODE_SEG_GS; break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
			if (!long_mode)
				p->segment = DECODE_SEG_DS;
			break;
		case 0x40 ... 0x4f:
			if (!long_mode)
				return false;
			p->rex = b;
			continue;
		default: *opcode = b; return true;
		}
		p->rex = 0;
	}
	return false;
}

static bool rex_has(const struct prefixes *p, u8 bit)
{
	return (p->rex & bit) == bit;
}

/* 0f 20-23: the second operand is always a register, whatever ModRM's mode says. */
static bool decode_special(struct cursor *c, const struct prefixes *p, u8 opcode, struct decoded *out)
{
	static const enum decode_op ops[] = {
		DECODE_CR_READ,
		DECODE_DR_READ,
		DECODE_CR_WRITE,
		DECODE_DR_WRITE,
	};
	u8 modrm;

	if (!next(c, &modrm))
		return false;
	out->op = ops[opcode - 0x20];
	out->special = ((modrm >> 3) & 7) | (rex_has(p, REX_R) ? 8 : 0);
	out->reg = (modrm & 7) | (rex_has(p, REX_B) ? 8 : 0);
	return true;
}

/* 0f 01: a group told apart by ModRM. */
static bool decode_group7(struct cursor *c, const struct prefixes *p, struct decoded *out)
{
	u8 modrm;

	if (!next(c, &modrm))
		return false;
	if (modrm == 0xd1)
		out->op = DECODE_XSETBV;
	else if (modrm == 0xf9)
		out->op = DECODE_RDTSCP;
	else if ((modrm & 0xf8) == 0xf0)
		out->op = DECODE_LMSW;
	else
		return false;
	out->reg = (modrm & 7) | (rex_has(p, REX_B) ? 8 : 0);
	return true;
}

static bool decode_two_byte(struct cursor *c, const struct prefixes *p, struct decoded *out)
{
	u8 opcode;

	if (!next(c, &opcode))
		return false;
	switch (opcode) {
	case 0x01: return decode_group7(c, p, out);
	case 0x06: out->op = DECODE_CLTS; return true;
	case 0x08: out->op = DECODE_INVD; return true;
	case 0x09: out->op = DECODE_WBINVD; return true;
	case 0x20 ... 0x23: return decode_special(c, p, opcode, out);
	case 0x30: out->op = DECODE_WRMSR; return true;
	case 0x31: out->op = DECODE_RDTSC; return true;
	case 0x32: out->op = DECODE_RDMSR; return true;
	case 0xa2: out->op = DECODE_CPUID; return true;
	default: return false;
	}
}

/* Port opcodes: bit 0 clear means a byte, else the operand size. */
static void set_size(struct decoded *out, const struct prefixes *p, u8 opcode)
{
	out->size = !(opcode & 1) ? 1 : p->opsize ? 2 : 4;
}

static bool decode_one_byte(struct cursor *c, const struct prefixes *p, u8 opcode, struct decoded *out)
{
	switch (opcode) {
	case 0x6c ... 0x6f:
		out->op = opcode & 2 ? DECODE_OUTS : DECODE_INS;
		out->rep = p->rep;
		break;
	case 0xe4 ... 0xe7:
		out->op = opcode & 2 ? DECODE_OUT : DECODE_IN;
		out->immediate_port = true;
		if (!next(c, &out->port))
			return false;
		break;
	case 0xec ... 0xef: out->op = opcode & 2 ? DECODE_OUT : DECODE_IN; break;
	case 0xf4: out->op = DECODE_HLT; return true;
	case 0xfa: out->op = DECODE_CLI; return true;
	case 0xfb: out->op = DECODE_STI; return true;
	default: return false;
	}
	set_size(out, p, opcode);
	return true;
}

bool emulate_decode(const u8 *bytes, unsigned int len, bool long_mode, struct decoded *out)
{
	struct cursor c = { bytes, MIN(len, DECODE_MAX), 0 };
	struct prefixes p = { .segment = DECODE_SEG_DS };
	u8 opcode;
	bool ok;

	*out = (struct decoded){ 0 };
	if (!prefixes(&c, long_mode, &p, &opcode) || p.lock)
		return false;
	out->segment = p.segment;
	out->address32 = long_mode == p.addrsize;
	ok = opcode == 0x0f ? decode_two_byte(&c, &p, out) : decode_one_byte(&c, &p, opcode, out);
	out->length = (u8)c.at;
	/* 16-bit addressing: nobody uses it. */
	if ((out->op == DECODE_INS || out->op == DECODE_OUTS) && !long_mode && p.addrsize)
		return false;
	return ok;
}
