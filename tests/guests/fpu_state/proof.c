/* SPDX-License-Identifier: MIT */
/*
 * Claim: x87, SSE and AVX registers of one domain are never seen by another, nor changed by it.
 * Attack: a domain looks at all of them when it is new, when it makes AVX visible to itself, and after
 *	each time that another ran whose registers hold a pattern; with TS set and clear; on the same
 *	processor, and in the memory of a domain that is dead.  x87 keeps pointers of its last
 *	instruction, which processors of AMD restore only with an exception pending.
 * Defence: all components are saved and loaded at each switch, whatever a guest has enabled;
 *	x86/fpu.c overwrites those pointers.
 * LIMIT: 120
 * Proves: XSA-52
 * Proves: XSA-62
 * Proves: XSA-165
 */
#include "guest.h"

#define XMM_BYTES 256
#define ROUNDS	  300

/* Words of a page shared with dom0. */
enum { TURNS, FRESH, WRONG, POINTERS, DONE };

struct state {
	u8 area[4096] __attribute__((aligned(64)));
	struct {
		u32 fcw, fsw, ftw, fip, fcs, fdp, fds;
	} env;
};

static struct state state;
static u32 poison_word;
extern const char poison_begin[], poison_end[];

static bool has_avx(void)
{
	u32 a = 1, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return (c & 1 << 27) && (c & 1 << 28);
}

static void enable_avx(void *arg)
{
	(void)arg;
	__asm__ volatile("xsetbv" ::"a"(7), "d"(0), "c"(0));
}

/* All registers into state.area; the upper halves of AVX at 576. */
static void store(void)
{
	memset(&state, 0, sizeof(state));
	__asm__ volatile("fxsave64 (%0)" ::"r"(state.area) : "memory");
	if (has_avx())
		__asm__ volatile("xsave64 (%0)" ::"r"(state.area), "a"(7), "d"(0) : "memory");
	/* It masks all exceptions, which they are. */
	__asm__ volatile("fnstenv (%0)" ::"r"(&state.env) : "memory");
}

/* Vectors, stack of x87 and rounding modes full of @n. */
static void fill(u8 n)
{
	u32 mxcsr = 0x1f80 | (n & 3) << 13, fcw = 0x37f | (n & 3) << 10;

	memset(state.area, n, 64);
#define XMM(i) "movdqu (%0), %%xmm" #i ";"
#define YMM(i) "vmovdqu (%0), %%ymm" #i ";"
#define ALL(R) R(0) R(1) R(2) R(3) R(4) R(5) R(6) R(7) R(8) R(9) R(10) R(11) R(12) R(13) R(14) R(15)
	if (has_avx())
		__asm__ volatile(ALL(YMM)::"r"(state.area) : "memory");
	else
		__asm__ volatile(ALL(XMM)::"r"(state.area) : "memory");
	poison_word = n;
	__asm__ volatile("ldmxcsr %0; fninit; fldcw %1" ::"m"(mxcsr), "m"(fcw));
	__asm__ volatile(".globl poison_begin, poison_end\n"
			 "poison_begin: .rept 8; fildl %0; .endr; fnop\n"
			 "poison_end:" ::"m"(poison_word));
}

static bool all(const u8 *p, size_t size, u8 n)
{
	while (size--)
		if (*p++ != n)
			return false;
	return true;
}

/* Whether the registers hold what fill(@n) has put there. */
static bool holds(u8 n)
{
	const u8 *a = state.area;
	const u16 *w = (const void *)a;

	store();
	for (int i = 0; i < 8; i++) {
		/* @n as an integer: 1.xxx times 2 to the power of its highest bit. */
		u64 bit = 31 - (u64)__builtin_clz(n), *st = (u64 *)(state.area + 32 + i * 16);

		if (st[0] != (u64)n << (63 - bit) || (st[1] & 0xffff) != 0x3fff + bit)
			return false;
	}
	return all(a + 160, XMM_BYTES, n) && (!has_avx() || all(a + 576, XMM_BYTES, n)) &&
	       w[0] == (0x37f | (n & 3) << 10) && *(u32 *)(a + 24) == (0x1f80 | (u32)(n & 3) << 13);
}

static bool is_new(void)
{
	const u16 *w = (const void *)state.area;

	return all(state.area + 160, XMM_BYTES, 0) && all(state.area + 32, 128, 0) &&
	       all(state.area + 576, XMM_BYTES, 0) && w[0] == 0x37f && w[1] == 0 &&
	       *(u32 *)(state.area + 24) == 0x1f80;
}

static bool points_there(void)
{
	return (state.env.fip >= (u32)PTR(poison_begin) && state.env.fip < (u32)PTR(poison_end)) ||
	       state.env.fdp == (u32)PTR(&poison_word);
}

/* A turn for the others, with TS set in every second one. */
static void others(u64 turn)
{
	hypercall1(__HYPERVISOR_fpu_taskswitch, turn & 1);
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
}

static void run(volatile u64 *shared, u8 pattern)
{
	fill(pattern);
	for (;;) {
		others(shared[TURNS]);
		shared[WRONG] += !holds(pattern);
		fill(pattern);
		shared[TURNS]++;
	}
}

static void poison(volatile u64 *shared, unsigned int vcpu)
{
	(void)vcpu;
	if (has_avx())
		try_call(enable_avx, NULL);
	run(shared, 0xa6);
}

/* It uses x87 with no operand in memory, so the pointers of another would stay. */
static void look(volatile u64 *shared, unsigned int vcpu)
{
	(void)vcpu;
	store();
	shared[FRESH] = is_new();
	shared[POINTERS] += points_there();
	if (has_avx()) {
		try_call(enable_avx, NULL);
		store();
		shared[FRESH] += is_new();
	}
	while (shared[TURNS] < ROUNDS) {
		others(shared[TURNS]++);
		store();
		shared[WRONG] += !is_new();
		shared[POINTERS] += points_there();
	}
	shared[DONE] = 1;
	run(shared, 0x5b);
}

static void wait(const volatile u64 *word, u64 least)
{
	u64 end = now_ns() + 60000000000;

	while (*word < least && now_ns() < end)
		sleep_until(now_ns() + 1000000);
}

static void start(struct domu *u, void (*fn)(volatile u64 *, unsigned int), const char *name)
{
	check(!domu_create(u, 1, fn) && !domu_unpause(u), "a domain: %s", name);
}

static void seen(const struct domu *u, const char *when)
{
	wait(&u->shared[DONE], 1);
	check(u->shared[TURNS] >= ROUNDS, "%s: it looked %lu times", when, u->shared[TURNS]);
	check(u->shared[FRESH] == (has_avx() ? 2 : 1), "its registers were new");
	check(!u->shared[WRONG], "and stayed so: %lu", u->shared[WRONG]);
	check(!u->shared[POINTERS], "no pointers of another: %lu", u->shared[POINTERS]);
}

void proof(void)
{
	static struct domu a, b, c;

	say("# %s AVX\n", has_avx() ? "with" : "without");
	start(&a, poison, "its registers are full");
	wait(&a.shared[TURNS], 10);
	start(&b, look, "it looks");
	seen(&b, "beside the other");
	wait(&a.shared[TURNS], 3 * ROUNDS);
	wait(&b.shared[TURNS], 2 * ROUNDS);
	check(a.shared[TURNS] >= 3 * ROUNDS && !a.shared[WRONG],
	      "the other kept its own in %lu turns: %lu", a.shared[TURNS], a.shared[WRONG]);
	check(b.shared[TURNS] >= 2 * ROUNDS && !b.shared[WRONG], "and so did this one, later");
	check(!domu_destroy(&b) && !domu_destroy(&a), "both die");
	start(&c, look, "it looks");
	seen(&c, "after their death");
	domu_destroy(&c);
}
