/* SPDX-License-Identifier: MIT */
/* sources: pv/emulate_decode.c */
/*
 * The decoder of privileged instructions: every form that is emulated, and
 * that bytes which are none of them, or too few, are refused.
 */
#include "pv/emulate_decode.h"
#include "x86/insn_bytes.h"

#include "suite.h"
#include <stdlib.h>
#include <string.h>

static struct decoded d;

/* Decode exactly the bytes given, from a heap block so that reading on is seen. */
static bool decode_n(const char *bytes, unsigned int len, bool long_mode)
{
	u8 *copy = malloc(len ? len : 1);
	bool ok;

	memcpy(copy, bytes, len);
	ok = emulate_decode(copy, len, long_mode, &d);
	free(copy);
	return ok;
}

#define DECODE(s)   decode_n(s, sizeof(s) - 1, true)
#define DECODE32(s) decode_n(s, sizeof(s) - 1, false)

START_TEST(two_byte_forms)
{
	static const struct {
		char bytes[3];
		enum decode_op op;
	} forms[] = {
		{ "\x0f\xa2", DECODE_CPUID }, { "\x0f\x32", DECODE_RDMSR },
		{ "\x0f\x30", DECODE_WRMSR }, { "\x0f\x31", DECODE_RDTSC },
		{ "\x0f\x06", DECODE_CLTS },  { "\x0f\x09", DECODE_WBINVD },
		{ "\x0f\x08", DECODE_INVD },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(forms); i++) {
		ck_assert(decode_n(forms[i].bytes, 2, true));
		ck_assert_int_eq(d.op, forms[i].op);
		ck_assert_uint_eq(d.length, 2);
		ck_assert(!decode_n(forms[i].bytes, 1, true));
	}
}
END_TEST

START_TEST(control_registers)
{
	ck_assert(DECODE("\x0f\x20\xe0")); /* mov %cr4, %rax */
	ck_assert(d.op == DECODE_CR_READ && d.special == 4 && d.reg == 0 && d.length == 3);
	ck_assert(DECODE("\x0f\x22\xdf")); /* mov %rdi, %cr3 */
	ck_assert(d.op == DECODE_CR_WRITE && d.special == 3 && d.reg == 7);
	ck_assert(DECODE("\x41\x0f\x22\xc4")); /* mov %r12, %cr0 */
	ck_assert(d.op == DECODE_CR_WRITE && d.special == 0 && d.reg == 12 && d.length == 4);
	ck_assert(DECODE("\x44\x0f\x20\xc0")); /* mov %cr8, %rax */
	ck_assert(d.op == DECODE_CR_READ && d.special == 8);
	ck_assert(DECODE("\x0f\x23\xfa")); /* mov %rdx, %db7 */
	ck_assert(d.op == DECODE_DR_WRITE && d.special == 7 && d.reg == 2);
	ck_assert(DECODE("\x0f\x21\xf1")); /* mov %db6, %rcx */
	ck_assert(d.op == DECODE_DR_READ && d.special == 6 && d.reg == 1);
	ck_assert(!DECODE("\x0f\x20"));
}
END_TEST

START_TEST(group_seven)
{
	ck_assert(DECODE("\x0f\x01\xd1"));
	ck_assert_int_eq(d.op, DECODE_XSETBV);
	ck_assert(DECODE("\x0f\x01\xf9"));
	ck_assert_int_eq(d.op, DECODE_RDTSCP);
	ck_assert(DECODE("\x0f\x01\xf3"));
	ck_assert(d.op == DECODE_LMSW && d.reg == 3);
	ck_assert(!DECODE("\x0f\x01\xf8")); /* swapgs */
	ck_assert(!DECODE("\x0f\x01\x38")); /* invlpg (%rax) */
	ck_assert(!DECODE("\x0f\x01\x17")); /* lgdt (%rdi) */
}
END_TEST

START_TEST(ports)
{
	ck_assert(DECODE("\xec"));
	ck_assert(d.op == DECODE_IN && d.size == 1 && !d.immediate_port && d.length == 1);
	ck_assert(DECODE("\xed"));
	ck_assert(d.op == DECODE_IN && d.size == 4);
	ck_assert(DECODE("\x66\xef"));
	ck_assert(d.op == DECODE_OUT && d.size == 2 && d.length == 2);
	ck_assert(DECODE("\xe6\x70"));
	ck_assert(d.op == DECODE_OUT && d.size == 1 && d.immediate_port && d.port == 0x70);
	ck_assert(DECODE("\xe5\x40"));
	ck_assert(d.op == DECODE_IN && d.size == 4 && d.port == 0x40 && d.length == 2);
	ck_assert(!DECODE("\xe4"));
}
END_TEST

START_TEST(strings)
{
	ck_assert(DECODE("\xf3\x66\x6d")); /* rep insw */
	ck_assert(d.op == DECODE_INS && d.size == 2 && d.rep && !d.address32);
	ck_assert(DECODE("\x67\x6e")); /* outsb (%esi) */
	ck_assert(d.op == DECODE_OUTS && d.size == 1 && !d.rep && d.address32);
	ck_assert(DECODE("\x64\x6f")); /* outsl %fs:(%rsi) */
	ck_assert(d.op == DECODE_OUTS && d.size == 4 && d.segment == DECODE_SEG_FS);
	ck_assert(DECODE32("\x6c"));
	ck_assert(d.address32);
	ck_assert(!DECODE32("\x67\x6c"));
	/* ES, CS, SS and DS prefixes mean nothing in 64-bit code. */
	ck_assert(DECODE("\x65\x3e\x6f"));
	ck_assert_int_eq(d.segment, DECODE_SEG_GS);
}
END_TEST

START_TEST(prefixes_and_limits)
{
	ck_assert(!DECODE(""));
	ck_assert(!DECODE("\xf0\x0f\xa2")); /* lock cpuid */
	ck_assert(!DECODE("\x90"));
	ck_assert(!DECODE("\x0f\x05"));
	ck_assert(DECODE("\x48\xf4")); /* REX before hlt changes nothing */
	ck_assert(d.op == DECODE_HLT && d.length == 2);
	/* A REX that is not last does not count. */
	ck_assert(DECODE("\x41\x66\x0f\x22\xc4"));
	ck_assert(d.reg == 4 && d.length == 5);
	/* In 32-bit code 40-4f are inc and dec. */
	ck_assert(!DECODE32("\x41\x0f\x22\xc4"));
	ck_assert(DECODE("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x0f\xa2"));
	ck_assert_uint_eq(d.length, 15);
	ck_assert(!DECODE("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x0f\xa2"));
	ck_assert(!DECODE("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"));
}
END_TEST

/* Any bytes at all: no read outside, and the length is within what was given. */
START_TEST(random_bytes)
{
	u32 seed = 12345;
	char bytes[16];

	for (unsigned int i = 0; i < 200000; i++) {
		unsigned int len = i % 17;

		for (unsigned int j = 0; j < len; j++) {
			seed = seed * 1664525 + 1013904223;
			bytes[j] = (char)(seed >> 24);
		}
		if (decode_n(bytes, len, i & 1))
			ck_assert(d.length >= 1 && d.length <= len && d.length <= INSN_BYTES_MAX &&
				  d.reg < 16 && d.special < 16);
	}
}
END_TEST

UNIT_MAIN("pv/emulate_decode", two_byte_forms, control_registers, group_seven, ports, strings,
	  prefixes_and_limits, random_bytes)
