/* SPDX-License-Identifier: MIT */
/*
 * Decoding the instructions by which kernels write page-table entries, and
 * computing what they would write.  Pure: bytes and registers in, values out.
 */
#pragma once

#include "x86/regs.h"

enum write_op {
	WRITE_MOV,
	WRITE_XCHG,
	WRITE_ADD,
	WRITE_OR,
	WRITE_AND,
	WRITE_SUB,
	WRITE_XOR,
	WRITE_BTS,
	WRITE_BTR,
	WRITE_BTC,
	WRITE_CMPXCHG,
	WRITE_XADD,
};

struct write_insn {
	enum write_op op;
	u8 length; /* of the instruction */
	u8 size;   /* of the operand: 1, 2, 4 or 8 bytes */
	u8 reg;	   /* register operand 0..15, as encoded */
	bool high; /* it is ah, ch, dh or bh */
	bool has_imm;
	u64 imm; /* sign-extended */
};

/*
 * Decode @n bytes at @code (as many as could be read).  The memory operand is
 * where the write faulted, so its address is not computed.  False if it is
 * none of the instructions known, or too few bytes.
 */
bool write_decode(const u8 *code, unsigned int n, struct write_insn *insn);

/*
 * Carry out @insn on an operand that holds @old: returns the value stored and
 * updates registers and flags of @regs (not rip).
 */
u64 write_execute(const struct write_insn *insn, u64 old, struct regs *regs);
