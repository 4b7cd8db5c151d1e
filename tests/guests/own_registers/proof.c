/* SPDX-License-Identifier: MIT */
/*
 * Claim: debug registers, segment bases and selectors are each vCPU's own, over every switch.
 * Attack: three domains with one image, so with the same addresses, take turns on one processor and
 *	sleep: one has breakpoints where all of them write; each sets FS and GS bases of its own, by
 *	instruction but for one that has cleared CR4.FSGSBASE, for which there must be no such (XSA-293:
 *	its user would change what it takes for unchanged).
 * Defence: pv/vcpu_switch.c, pv/debugreg.c; pv/guest_cr.c switches CR4.FSGSBASE.
 * LIMIT: 90
 * Proves: XSA-293
 */
#include "guest.h"

#define ROUNDS	     400
#define CR4_FSGSBASE (1ULL << 16)
#define FS_BASE	     0xc0000100
#define GS_BASE	     0xc0000101
#define OTHER_GS     0xc0000102
#define USER_GS	     0x12345000ULL

/* Words of a page shared with dom0. */
enum { TURNS, BASES, SELECTORS, DEBUG_REGS, HITS, STRAYS, CR4, WHO };

static u64 watched[4];
static u64 hits;

static bool has_fsgsbase(void)
{
	u32 a = 7, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return b & 1;
}

static u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" ::"a"((u32)value), "d"((u32)(value >> 32)), "c"(msr));
}

static bool by_instruction(u64 n)
{
	return has_fsgsbase() && n != 2;
}

static void read_base(void *arg)
{
	__asm__ volatile("rdfsbase %0" : "=r"(*(u64 *)arg));
}

static void set_bases(u64 n)
{
	if (by_instruction(n)) {
		__asm__ volatile("wrfsbase %0; wrgsbase %1" ::"r"(n << 32 | 1), "r"(n << 32 | 2));
	} else {
		wrmsr(FS_BASE, n << 32 | 1);
		wrmsr(GS_BASE, n << 32 | 2);
	}
	wrmsr(OTHER_GS, n << 32 | 3);
}

static bool bases_are(u64 n)
{
	u64 fs = rdmsr(FS_BASE), gs = rdmsr(GS_BASE);

	if (fs != (n << 32 | 1) || gs != (n << 32 | 2) || rdmsr(OTHER_GS) != (n << 32 | 3))
		return false;
	if (by_instruction(n))
		__asm__ volatile("rdfsbase %0; rdgsbase %1" : "=r"(fs), "=r"(gs));
	return fs == (n << 32 | 1) && gs == (n << 32 | 2);
}

static void set_selectors(u64 n)
{
	u32 data = n & 1 ? FLAT_USER_DS : 0, other = n & 2 ? FLAT_USER_DS : 0;

	__asm__ volatile("mov %0, %%ds; mov %1, %%es; mov %1, %%fs; mov %0, %%gs" ::"r"(data),
			 "r"(other));
}

static bool selectors_are(u64 n)
{
	u32 data = n & 1 ? FLAT_USER_DS : 0, other = n & 2 ? FLAT_USER_DS : 0;
	u16 s[4];

	__asm__ volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
			 : "=m"(s[0]), "=m"(s[1]), "=m"(s[2]), "=m"(s[3]));
	return s[0] == data && s[1] == other && s[2] == other && s[3] == data;
}

static void debug_set(unsigned int reg, u64 value)
{
	hypercall2(__HYPERVISOR_set_debugreg, reg, value);
}

static u64 debug_get(unsigned int reg)
{
	return (u64)hypercall1(__HYPERVISOR_get_debugreg, reg);
}

static void on_debug(struct trap *t)
{
	hits++;
	t->rflags &= ~0x100ULL;
	debug_set(6, 0);
}

/* Breakpoints of @n: where all domains write, or none that is enabled. */
static void set_debug(u64 n)
{
	for (unsigned int i = 0; i < 4; i++)
		debug_set(i, n == 1 ? PTR(&watched[i]) : n << 20 | i);
	/* Four, each of 8 bytes, on writes. */
	debug_set(7, n == 1 ? 0x55 | 0x9999UL << 16 : 0x9999UL << 16);
}

static bool debug_is(u64 n)
{
	for (unsigned int i = 0; i < 4; i++)
		if (debug_get(i) != (n == 1 ? PTR(&watched[i]) : n << 20 | i))
			return false;
	return (debug_get(7) & 0xffff00ff) == ((n == 1 ? 0x55 : 0) | 0x9999UL << 16);
}

static void set_cr4(u64 n)
{
	u64 cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	cr4 = n == 2 ? cr4 & ~CR4_FSGSBASE : cr4 | CR4_FSGSBASE;
	__asm__ volatile("mov %0, %%cr4" ::"r"(cr4));
}

static bool cr4_is(u64 n)
{
	u64 cr4, base;

	if (try_call(read_base, &base) != by_instruction(n))
		return false;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	return !(cr4 & CR4_FSGSBASE) == (n == 2 || !has_fsgsbase());
}

static void live(volatile u64 *shared, unsigned int vcpu)
{
	u64 n = shared[WHO];

	(void)vcpu;
	trap_set(1, on_debug);
	set_selectors(n);
	set_cr4(n);
	set_debug(n);
	set_bases(n);
	for (;;) {
		u64 before = hits;

		if (shared[TURNS] % 8 == n)
			sleep_until(now_ns() + 200000);
		else
			hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
		shared[BASES] += !bases_are(n);
		shared[SELECTORS] += !selectors_are(n);
		shared[DEBUG_REGS] += !debug_is(n);
		shared[CR4] += !cr4_is(n);
		for (unsigned int i = 0; i < 4; i++)
			((volatile u64 *)watched)[i]++;
		shared[HITS] += hits - before == 4;
		shared[STRAYS] += hits - before;
		set_selectors(n);
		set_bases(n);
		shared[TURNS]++;
	}
}

static void domains(void)
{
	static struct domu u[3];
	u64 end = now_ns() + 60000000000;
	bool done = false;

	for (u64 n = 0; n < 3; n++) {
		check(!domu_create(&u[n], 1, live), "a domain");
		u[n].shared[WHO] = n + 1;
	}
	for (unsigned int n = 0; n < 3; n++)
		domu_unpause(&u[n]);
	while (!done && now_ns() < end) {
		sleep_until(now_ns() + 1000000);
		done = true;
		for (unsigned int n = 0; n < 3; n++)
			done &= u[n].shared[TURNS] >= ROUNDS;
	}
	for (unsigned int n = 0; n < 3; n++) {
		volatile u64 *s = u[n].shared;

		domctl_zero(XEN_DOMCTL_pausedomain, u[n].id);
		check(s[TURNS] >= ROUNDS && !s[BASES] && !s[SELECTORS],
		      "domain %u, %lu turns: bases wrong %lu times, selectors %lu times", n + 1,
		      s[TURNS], s[BASES], s[SELECTORS]);
		check(!s[DEBUG_REGS] && !s[CR4], "debug registers %lu times, CR4 %lu times",
		      s[DEBUG_REGS], s[CR4]);
		/* It may have been paused in the midst of a turn. */
		if (n == 0)
			check(s[HITS] >= s[TURNS], "its breakpoints struck in %lu turns", s[HITS]);
		else
			check(!s[STRAYS], "those of another struck %lu times", s[STRAYS]);
		check(!domu_destroy(&u[n]), "gone");
	}
}

extern const char user_wrgsbase[], user_wrgsbase_end[];
__asm__(".pushsection .rodata\n"
	"user_wrgsbase: mov $0x12345000, %eax; wrgsbase %rax; syscall\n\t"
	"rdgsbase %rbx; ud2\n"
	"user_wrgsbase_end: .popsection");

static bool kernel_base_kept;

static unsigned int calls;

static void on_syscall(struct trap *t)
{
	u64 gs;

	(void)t;
	calls++;
	__asm__ volatile("rdgsbase %0" : "=r"(gs));
	kernel_base_kept = gs == 0x777000 && rdmsr(GS_BASE) == 0x777000 && rdmsr(OTHER_GS) == USER_GS;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static void user(void)
{
	user_build(user_wrgsbase, user_wrgsbase_end);
	trap_set(TRAP_SYSCALL, on_syscall);
	wrmsr(GS_BASE, 0x777000);
	wrmsr(OTHER_GS, 0);
	set_cr4(2);
	user_run();
	check(fault.user && fault.vector == 6 && !calls && !rdmsr(OTHER_GS),
	      "a user's base is not to be changed while CR4.FSGSBASE is clear: trap %u",
	      fault.vector);
	set_cr4(1);
	user_run();
	check(fault.user && fault.vector == 6 && fault.regs.rbx == USER_GS,
	      "a user's GS base is its own: trap %u, %lx", fault.vector, fault.regs.rbx);
	check(kernel_base_kept, "and its kernel's another");
	check(rdmsr(GS_BASE) == 0x777000, "afterwards too");
}

void proof(void)
{
	say("# %s instructions for bases\n", has_fsgsbase() ? "with" : "without");
	domains();
	if (has_fsgsbase())
		user();
}
