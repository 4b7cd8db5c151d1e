/* SPDX-License-Identifier: MIT */
/*
 * Decoding the instructions by which kernels write page-table entries
 * (encodings and flags: Intel SDM volume 2).
 */
#include "paging/decode_write.h"

#include "x86/insn_bytes.h"

#define RFLAGS_PF    0x00000004UL
#define RFLAGS_AF    0x00000010UL
#define RFLAGS_ZF    0x00000040UL
#define RFLAGS_SF    0x00000080UL
#define RFLAGS_OF    0x00000800UL
#define RFLAGS_ARITH (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

static bool skip_bytes(struct insn_bytes *d, unsigned int count)
{
	d->at += count;
	return d->at <= MIN(d->len, INSN_BYTES_MAX);
}

/* Mod/RM with SIB and displacement; a register operand is no write to memory. */
static bool decode_modrm(struct insn_bytes *d, u8 *reg)
{
	u8 modrm, sib, mod, rm;

	if (!insn_bytes_next(d, &modrm))
		return false;
	mod = modrm >> 6;
	rm = modrm & 7;
	*reg = (modrm >> 3) & 7;
	if (mod == 3)
		return false;
	if (rm == 4) {
		if (!insn_bytes_next(d, &sib))
			return false;
		if (mod == 0 && (sib & 7) == 5)
			return skip_bytes(d, 4);
	}
	if (mod == 1)
		return skip_bytes(d, 1);
	if (mod == 2 || (mod == 0 && rm == 5))
		return skip_bytes(d, 4);
	return true;
}

static bool decode_imm(struct insn_bytes *d, unsigned int bytes, struct write_insn *insn)
{
	u32 v = 0;

	for (unsigned int i = 0; i < bytes; i++) {
		u8 b;

		if (!insn_bytes_next(d, &b))
			return false;
		v |= (u32)b << (8 * i);
	}
	insn->has_imm = true;
	insn->imm = bytes == 1 ? (u64)(s64)(s8)v : bytes == 2 ? (u64)(s64)(s16)v : (u64)(s64)(s32)v;
	return true;
}

/* Opcode groups: the register field of Mod/RM chooses. */
static bool group1_op(u8 field, enum write_op *op)
{
	static const s8 ops[8] = { WRITE_ADD, WRITE_OR, -1, -1, WRITE_AND, WRITE_SUB, WRITE_XOR, -1 };

	if (ops[field] < 0)
		return false;
	*op = (enum write_op)ops[field];
	return true;
}

static bool decode_two_byte(struct insn_bytes *d, struct write_insn *insn, bool *byte_op)
{
	u8 op, field;

	if (!insn_bytes_next(d, &op))
		return false;
	*byte_op = op == 0xb0 || op == 0xc0;
	if (!decode_modrm(d, &field))
		return false;
	insn->reg = field;
	switch (op) {
	case 0xab: insn->op = WRITE_BTS; return true;
	case 0xb3: insn->op = WRITE_BTR; return true;
	case 0xbb: insn->op = WRITE_BTC; return true;
	case 0xb0 ... 0xb1: insn->op = WRITE_CMPXCHG; return true;
	case 0xc0 ... 0xc1: insn->op = WRITE_XADD; return true;
	case 0xba:
		if (field < 5)
			return false;
		insn->op = (enum write_op)(WRITE_BTS + field - 5);
		return decode_imm(d, 1, insn);
	default: return false;
	}
}

static bool decode_one_byte(struct insn_bytes *d, u8 op, struct write_insn *insn, bool *byte_op)
{
	unsigned int imm = d->opsize && !(d->rex & 8) ? 2 : 4;
	u8 field;

	*byte_op = !(op & 1);
	if (!decode_modrm(d, &field))
		return false;
	insn->reg = field;
	switch (op) {
	case 0x00 ... 0x01: insn->op = WRITE_ADD; return true;
	case 0x08 ... 0x09: insn->op = WRITE_OR; return true;
	case 0x20 ... 0x21: insn->op = WRITE_AND; return true;
	case 0x28 ... 0x29: insn->op = WRITE_SUB; return true;
	case 0x30 ... 0x31: insn->op = WRITE_XOR; return true;
	case 0x86 ... 0x87: insn->op = WRITE_XCHG; return true;
	case 0x88 ... 0x89: insn->op = WRITE_MOV; return true;
	case 0xc6 ... 0xc7:
		insn->op = WRITE_MOV;
		return !field && decode_imm(d, *byte_op ? 1 : imm, insn);
	case 0x80 ... 0x81:
		return group1_op(field, &insn->op) && decode_imm(d, *byte_op ? 1 : imm, insn);
	case 0x83: return group1_op(field, &insn->op) && decode_imm(d, 1, insn);
	default: return false;
	}
}

bool write_decode(const u8 *code, unsigned int n, struct write_insn *insn)
{
	struct insn_bytes d = { .code = code, .len = n };
	bool byte_op, ok;
	u8 op;

	*insn = (struct write_insn){ 0 };
	if (!insn_bytes_prefixes(&d, true, &op))
		return false;
	if (op == 0x0f)
		ok = decode_two_byte(&d, insn, &byte_op);
	else
		ok = decode_one_byte(&d, op, insn, &byte_op);
	/* Repeat prefixes mean nothing here but transactional hints; LOCK on MOV is #UD. */
	if (!ok || d.rep || (d.lock && insn->op == WRITE_MOV))
		return false;
	insn->size = byte_op ? 1 : (d.rex & 8) ? 8 : d.opsize ? 2 : 4;
	if (byte_op && !d.rex && insn->reg >= 4) {
		insn->high = true;
		insn->reg -= 4;
	} else if (d.rex & 4) {
		insn->reg += 8;
	}
	insn->length = (u8)d.at;
	return true;
}

static u64 size_mask(unsigned int size)
{
	return size == 8 ? ~0ULL : (1ULL << (size * 8)) - 1;
}

static void reg_write(u64 *reg, unsigned int size, bool high, u64 v)
{
	if (high)
		*reg = (*reg & ~0xff00ULL) | ((v & 0xff) << 8);
	else if (size == 4)
		*reg = (u32)v; /* 32-bit results clear the upper half */
	else
		*reg = (*reg & ~size_mask(size)) | (v & size_mask(size));
}

static void flags_result(struct regs *regs, unsigned int size, u64 v, u64 extra)
{
	u64 f = extra;

	if (!(v & size_mask(size)))
		f |= RFLAGS_ZF;
	if (v & (1ULL << (size * 8 - 1)))
		f |= RFLAGS_SF;
	if (!__builtin_parity((u32)(v & 0xff)))
		f |= RFLAGS_PF;
	regs->rflags = (regs->rflags & ~RFLAGS_ARITH) | f;
}

/* a + b, or a - b: the flags of one are those of the other with carry and overflow turned about. */
static u64 execute_sum(struct regs *regs, unsigned int size, u64 a, u64 b, bool minus)
{
	u64 mask = size_mask(size), r = (minus ? a - b : a + b) & mask, f = (a ^ b ^ r) & RFLAGS_AF;

	a &= mask;
	b &= mask;
	if (minus ? a < b : r < a)
		f |= RFLAGS_CF;
	if ((a ^ r) & (minus ? a ^ b : b ^ r) & (1ULL << (size * 8 - 1)))
		f |= RFLAGS_OF;
	flags_result(regs, size, r, f);
	return r;
}

static u64 execute_bit(const struct write_insn *insn, u64 old, u64 src, struct regs *regs)
{
	u64 bit = 1ULL << (src & (insn->size * 8 - 1));

	regs->rflags = (regs->rflags & ~RFLAGS_CF) | (old & bit ? RFLAGS_CF : 0);
	if (insn->op == WRITE_BTS)
		return old | bit;
	return insn->op == WRITE_BTR ? old & ~bit : old ^ bit;
}

u64 write_execute(const struct write_insn *insn, u64 old, struct regs *regs)
{
	unsigned int size = insn->size;
	u64 mask = size_mask(size), *reg = regs_general(regs, insn->reg), src, r;

	src = insn->has_imm ? insn->imm : insn->high ? *reg >> 8 : *reg;
	src &= mask;
	old &= mask;
	switch (insn->op) {
	case WRITE_XCHG: reg_write(reg, size, insn->high, old); return src;
	case WRITE_ADD: return execute_sum(regs, size, old, src, false);
	case WRITE_SUB: return execute_sum(regs, size, old, src, true);
	case WRITE_XADD:
		r = execute_sum(regs, size, old, src, false);
		reg_write(reg, size, insn->high, old);
		return r;
	case WRITE_OR:
	case WRITE_AND:
	case WRITE_XOR:
		r = insn->op == WRITE_OR    ? old | src
		    : insn->op == WRITE_AND ? old & src
					    : old ^ src;
		flags_result(regs, size, r, 0);
		return r;
	case WRITE_BTS:
	case WRITE_BTR:
	case WRITE_BTC: return execute_bit(insn, old, src, regs) & mask;
	case WRITE_CMPXCHG:
		execute_sum(regs, size, regs->rax, old, true);
		if ((regs->rax & mask) == old)
			return src;
		reg_write(&regs->rax, size, false, old);
		return old;
	default: return src;
	}
}
