/* SPDX-License-Identifier: MIT */
/* sources: paging/decode_write.c */
/*
 * The write decoder: lengths and operands against known encodings, results and
 * flags against the processor itself.
 */
#include "paging/decode_write.h"

#include "suite.h"
#include <string.h>

#define ARITH 0x8d5UL /* OF SF ZF AF PF CF */

struct known {
	const char *text;
	u8 code[15], length, size, reg;
	enum write_op op;
	bool imm;
	u64 value;
};

static const struct known known[] = {
	{ "xchg %rax,(%rdi)", { 0x48, 0x87, 0x07 }, 3, 8, 0, WRITE_XCHG, false, 0 },
	{ "xchg %r12,0x10(%r13)", { 0x4d, 0x87, 0x65, 0x10 }, 4, 8, 12, WRITE_XCHG, false, 0 },
	{ "mov %rsi,(%rdi)", { 0x48, 0x89, 0x37 }, 3, 8, 6, WRITE_MOV, false, 0 },
	{ "mov %eax,8(%rsp)", { 0x89, 0x44, 0x24, 0x08 }, 4, 4, 0, WRITE_MOV, false, 0 },
	{ "mov %ax,(%rbx)", { 0x66, 0x89, 0x03 }, 3, 2, 0, WRITE_MOV, false, 0 },
	{ "movq $0,(%rdi)", { 0x48, 0xc7, 0x07, 0, 0, 0, 0 }, 7, 8, 0, WRITE_MOV, true, 0 },
	{ "movq $-1,(%rdi)", { 0x48, 0xc7, 0x07, 0xff, 0xff, 0xff, 0xff }, 7, 8, 0, WRITE_MOV, true, ~0ULL },
	{ "movw $0x1234,(%rdi)", { 0x66, 0xc7, 0x07, 0x34, 0x12 }, 5, 2, 0, WRITE_MOV, true, 0x1234 },
	{ "movb $0x67,(%rdi)", { 0xc6, 0x07, 0x67 }, 3, 1, 0, WRITE_MOV, true, 0x67 },
	{ "mov %dh,(%rdi)", { 0x88, 0x37 }, 2, 1, 2, WRITE_MOV, false, 0 },
	{ "mov %sil,(%rdi)", { 0x40, 0x88, 0x37 }, 3, 1, 6, WRITE_MOV, false, 0 },
	{ "lock andb $0xfd,(%rdi)", { 0xf0, 0x80, 0x27, 0xfd }, 4, 1, 4, WRITE_AND, true, (u64)-3 },
	{ "lock andq $-3,(%rdx)", { 0xf0, 0x48, 0x83, 0x22, 0xfd }, 5, 8, 4, WRITE_AND, true, (u64)-3 },
	{ "lock orq $0x80,0x1000(%rax)",
	  { 0xf0, 0x48, 0x81, 0x88, 0, 0x10, 0, 0, 0x80, 0, 0, 0 },
	  12,
	  8,
	  1,
	  WRITE_OR,
	  true,
	  0x80 },
	{ "lock btrq $5,(%rdi)", { 0xf0, 0x48, 0x0f, 0xba, 0x37, 0x05 }, 6, 8, 6, WRITE_BTR, true, 5 },
	{ "lock btr %rax,(%rdi)", { 0xf0, 0x48, 0x0f, 0xb3, 0x07 }, 5, 8, 0, WRITE_BTR, false, 0 },
	{ "lock bts %rcx,(%rdi,%rax,8)",
	  { 0xf0, 0x48, 0x0f, 0xab, 0x0c, 0xc7 },
	  6,
	  8,
	  1,
	  WRITE_BTS,
	  false,
	  0 },
	{ "btcq $63,disp32", { 0x48, 0x0f, 0xba, 0x3c, 0x25, 0, 0, 0, 0, 63 }, 10, 8, 7, WRITE_BTC, true, 63 },
	{ "lock cmpxchg %rdx,(%rdi)", { 0xf0, 0x48, 0x0f, 0xb1, 0x17 }, 5, 8, 2, WRITE_CMPXCHG, false, 0 },
	{ "lock xadd %r9d,(%r10)", { 0xf0, 0x45, 0x0f, 0xc1, 0x0a }, 5, 4, 9, WRITE_XADD, false, 0 },
	{ "mov %rax,4(%rip)", { 0x48, 0x89, 0x05, 4, 0, 0, 0 }, 7, 8, 0, WRITE_MOV, false, 0 },
	{ "xor %ecx,(%rsi)", { 0x31, 0x0e }, 2, 4, 1, WRITE_XOR, false, 0 },
};

START_TEST(known_encodings)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct known *k = &known[i];
		struct write_insn insn;

		ck_assert_msg(write_decode(k->code, 15, &insn), "%s", k->text);
		ck_assert_msg(insn.length == k->length && insn.size == k->size &&
				      insn.op == k->op && insn.has_imm == k->imm,
			      "%s: length %u size %u op %d", k->text, insn.length, insn.size,
			      (int)insn.op);
		ck_assert_msg(k->imm ? insn.imm == k->value : insn.reg == k->reg, "%s", k->text);
		/* Any shorter and it must not be executed. */
		for (unsigned int n = 0; n < k->length; n++)
			ck_assert_msg(!write_decode(k->code, n, &insn), "%s cut", k->text);
	}
}
END_TEST

START_TEST(others_are_refused)
{
	static const u8 bad[][15] = {
		{ 0x48, 0x89, 0xc7 },		  /* mov %rax,%rdi */
		{ 0x48, 0x8b, 0x07 },		  /* a load */
		{ 0xf0, 0x48, 0x89, 0x07 },	  /* lock mov */
		{ 0x48, 0xab },			  /* stos */
		{ 0x48, 0xff, 0x07 },		  /* inc */
		{ 0x48, 0xc7, 0x0f, 0, 0, 0, 0 }, /* c7 /1 */
		{ 0x48, 0x83, 0x3f, 0 },	  /* cmp */
		{ 0x48, 0x83, 0x17, 0 },	  /* adc */
		{ 0x48, 0x0f, 0xba, 0x27, 0 },	  /* bt */
		{ 0x0f, 0xc7, 0x0f },		  /* cmpxchg8b */
		{ 0xf3, 0x48, 0x87, 0x07 },	  /* hinted */
		{ 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		  0x48, 0x89 },
	};
	struct write_insn insn;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!write_decode(bad[i], 15, &insn), "%zu", i);
}
END_TEST

START_TEST(any_bytes_are_decoded_within_bounds)
{
	u64 seed = 88172645463325252ULL;
	struct write_insn insn;
	u8 code[15];

	for (unsigned int i = 0; i < 2000000; i++) {
		for (unsigned int j = 0; j < 15; j += 8) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			memcpy(code + j, &seed, j ? 7 : 8);
		}
		if (write_decode(code, 15, &insn)) {
			ck_assert_uint_le(insn.length, 15);
			ck_assert_uint_ge(insn.length, 2);
			ck_assert_uint_lt(insn.reg, 16);
		}
	}
}
END_TEST

/* The same operation done by the processor, on rcx as source. */
#define NATIVE(name, insn, type)                                                       \
	static u64 native_##name(u64 old, u64 src, u64 *rax, u64 *rcx, u64 *flags)     \
	{                                                                              \
		type mem = (type)old;                                                  \
		u64 f, a = *rax, c = src;                                              \
                                                                                       \
		asm volatile(insn "\n\tpushfq\n\tpop %0"                               \
			     : "=&r"(f), "+m"(mem), "+a"(a), "+c"(c)::"cc", "memory"); \
		*rax = a, *rcx = c, *flags = f & ARITH;                                \
		return mem;                                                            \
	}
NATIVE(add8, "addq %%rcx, %1", u64)
NATIVE(add4, "addl %%ecx, %1", u32)
NATIVE(add1, "addb %%cl, %1", u8)
NATIVE(sub8, "subq %%rcx, %1", u64)
NATIVE(sub2, "subw %%cx, %1", u16)
NATIVE(and8, "andq %%rcx, %1", u64)
NATIVE(and1, "andb %%cl, %1", u8)
NATIVE(or4, "orl %%ecx, %1", u32)
NATIVE(xor8, "xorq %%rcx, %1", u64)
NATIVE(xchg8, "xchgq %%rcx, %1", u64)
NATIVE(xchg4, "xchgl %%ecx, %1", u32)
NATIVE(xchg1, "xchgb %%ch, %1", u8)
NATIVE(xadd8, "xaddq %%rcx, %1", u64)
NATIVE(xadd2, "xaddw %%cx, %1", u16)
NATIVE(cmpxchg8, "cmpxchgq %%rcx, %1", u64)
NATIVE(cmpxchg4, "cmpxchgl %%ecx, %1", u32)

static const struct {
	const char *name;
	u64 (*native)(u64 old, u64 src, u64 *rax, u64 *rcx, u64 *flags);
	enum write_op op;
	u8 size;
	bool high, flags;
} ops[] = {
	{ "add8", native_add8, WRITE_ADD, 8, false, true },
	{ "add4", native_add4, WRITE_ADD, 4, false, true },
	{ "add1", native_add1, WRITE_ADD, 1, false, true },
	{ "sub8", native_sub8, WRITE_SUB, 8, false, true },
	{ "sub2", native_sub2, WRITE_SUB, 2, false, true },
	{ "and8", native_and8, WRITE_AND, 8, false, true },
	{ "and1", native_and1, WRITE_AND, 1, false, true },
	{ "or4", native_or4, WRITE_OR, 4, false, true },
	{ "xor8", native_xor8, WRITE_XOR, 8, false, true },
	{ "xchg8", native_xchg8, WRITE_XCHG, 8, false, false },
	{ "xchg4", native_xchg4, WRITE_XCHG, 4, false, false },
	{ "xchg1", native_xchg1, WRITE_XCHG, 1, true, false },
	{ "xadd8", native_xadd8, WRITE_XADD, 8, false, true },
	{ "xadd2", native_xadd2, WRITE_XADD, 2, false, true },
	{ "cmpxchg8", native_cmpxchg8, WRITE_CMPXCHG, 8, false, true },
	{ "cmpxchg4", native_cmpxchg4, WRITE_CMPXCHG, 4, false, true },
};

static const u64 values[] = { 0,
			      1,
			      0x7f,
			      0x80,
			      0xff,
			      0x7fff,
			      0x8000,
			      0x7fffffff,
			      0x80000000,
			      0xffffffff,
			      1ULL << 63,
			      ~0ULL,
			      0x8000000012345067ULL,
			      0x12345025ULL };

static void compare(size_t op, u64 old, u64 src, u64 rax)
{
	struct write_insn insn = {
		.op = ops[op].op, .size = ops[op].size, .reg = 1, .high = ops[op].high
	};
	struct regs regs = { .rax = rax, .rcx = src };
	u64 mask = insn.size == 8 ? ~0ULL : (1ULL << (insn.size * 8)) - 1;
	u64 na = rax, nc = src, nf = 0, nr, r, af;

	nr = ops[op].native(old, src, &na, &nc, &nf);
	r = write_execute(&insn, old, &regs) & mask;
	/* The adjust flag is undefined after logical operations. */
	af = insn.op == WRITE_AND || insn.op == WRITE_OR || insn.op == WRITE_XOR ? 0x10 : 0;
	ck_assert_msg(r == (nr & mask) && regs.rax == na && regs.rcx == nc,
		      "%s old %lx src %lx rax %lx: %lx, not %lx (rax %lx %lx rcx %lx %lx)",
		      ops[op].name, old, src, rax, r, nr, regs.rax, na, regs.rcx, nc);
	ck_assert_msg(!ops[op].flags || !((regs.rflags ^ nf) & ARITH & ~af),
		      "%s old %lx src %lx rax %lx: flags %lx, not %lx", ops[op].name, old, src, rax,
		      regs.rflags & ARITH, nf);
}

START_TEST(results_are_the_processors)
{
	for (size_t op = 0; op < ARRAY_SIZE(ops); op++)
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			for (size_t j = 0; j < ARRAY_SIZE(values); j++)
				for (size_t k = 0; k < ARRAY_SIZE(values); k++)
					compare(op, values[i], values[j], values[k]);
}
END_TEST

START_TEST(bits_are_taken_within_the_operand)
{
	struct write_insn insn = { .op = WRITE_BTR, .size = 8, .reg = 1 };
	struct regs regs = { .rcx = 5 + 64 * 3 };

	ck_assert_uint_eq(write_execute(&insn, 0x67, &regs), 0x47);
	ck_assert(regs.rflags & RFLAGS_CF);
	ck_assert_uint_eq(write_execute(&insn, 0x47, &regs), 0x47);
	ck_assert(!(regs.rflags & RFLAGS_CF));
	insn.op = WRITE_BTS;
	ck_assert_uint_eq(write_execute(&insn, 0x47, &regs), 0x67);
	insn.op = WRITE_BTC;
	insn.size = 4;
	regs.rcx = 63;
	ck_assert_uint_eq(write_execute(&insn, 0xffffffff, &regs), 0x7fffffff);
}
END_TEST

UNIT_MAIN("paging/decode_write", known_encodings, others_are_refused,
	  any_bytes_are_decoded_within_bounds, results_are_the_processors,
	  bits_are_taken_within_the_operand)
