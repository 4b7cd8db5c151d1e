/* SPDX-License-Identifier: MIT */
/*
 * Processes that read CLOCK_MONOTONIC and CLOCK_MONOTONIC_RAW, by the vDSO and by system calls in turns,
 * wander over the processors, and compare with what any of them has read before, by a word they share.
 * Static and without a library, to be small.  Prints one line:
 * "clocks: N processes, READINGS readings, BACK back, by NS ns".
 */
#include "line.h"

#include <elf.h>

enum { WRITE = 1, MMAP = 9, FORK = 57, EXIT = 60, WAIT4 = 61, SETAFFINITY = 203, GETTIME = 228 };

#define PROCESSES 4
#define ROUNDS	  60000
#define CLOCKS	  2

struct shared {
	unsigned long latest[CLOCKS][8]; /* a cache line each */
	unsigned long back, worst, readings;
};

struct timespec {
	long sec, nsec;
};

static const u32 clock_ids[CLOCKS] = { 1, 4 };
static struct shared *shared;
static int (*vdso)(int clock, struct timespec *t);

static long call(long nr, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = -1, r9 __asm__("r9") = 0;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return nr;
}

static unsigned long now(u32 clock, u32 by_call)
{
	struct timespec t;

	if (by_call || !vdso)
		call(GETTIME, clock, (long)&t, 0, 0);
	else
		vdso((int)clock, &t);
	return (unsigned long)t.sec * 1000000000UL + (unsigned long)t.nsec;
}

static void look(u32 clock, u32 round)
{
	unsigned long *latest = &shared->latest[clock][0];
	/* A read-modify-write orders it before the reading of the clock, as does the one below. */
	unsigned long before = __sync_fetch_and_add(latest, 0),
		      t = now(clock_ids[clock], round % 5 == 0);

	if (t < before) {
		__sync_fetch_and_add(&shared->back, 1);
		shared->worst = before - t;
	} else {
		__sync_bool_compare_and_swap(latest, before, t);
	}
}

static void live(u32 id)
{
	for (u32 round = 0; round < ROUNDS; round++) {
		unsigned long cpu = 1UL << (round / 500 + id) % PROCESSES;

		/* Fails where there is no such processor: it stays where it is. */
		if (round % 500 == 0)
			call(SETAFFINITY, 0, sizeof(cpu), (long)&cpu, 0);
		look(0, round);
		look(1, round);
	}
	__sync_fetch_and_add(&shared->readings, 2UL * ROUNDS);
	call(EXIT, 0, 0, 0, 0);
}

static u32 same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void find_vdso(const char *base)
{
	const Elf64_Ehdr *e = (const void *)base;
	const Elf64_Phdr *p = (const void *)(base + e->e_phoff);
	const Elf64_Sym *symbols = 0;
	const char *names = 0;
	const u32 *hash = 0;

	for (u32 i = 0; i < e->e_phnum; i++) {
		if (p[i].p_type != PT_DYNAMIC)
			continue;
		for (const Elf64_Dyn *d = (const void *)(base + p[i].p_offset); d->d_tag; d++) {
			const void *at = base + d->d_un.d_ptr;

			if (d->d_tag == DT_SYMTAB)
				symbols = at;
			else if (d->d_tag == DT_STRTAB)
				names = at;
			else if (d->d_tag == DT_HASH)
				hash = at;
		}
	}
	for (u32 i = 0; hash && symbols && names && i < hash[1]; i++)
		if (same(names + symbols[i].st_name, "__vdso_clock_gettime"))
			vdso = (void *)(base + symbols[i].st_value);
}

__attribute__((used)) static void start(const long *stack)
{
	const unsigned long *p = (const void *)(stack + 1 + stack[0] + 1);
	char line[160];
	u32 n;

	while (*p++)
		;
	for (; p[0]; p += 2)
		if (p[0] == 33) /* AT_SYSINFO_EHDR */
			find_vdso((const char *)p[1]);
	/* Shared and anonymous, readable and writable. */
	shared = (void *)call(MMAP, 0, 4096, 3, 0x21);
	for (u32 id = 0; id < PROCESSES; id++)
		if (!call(FORK, 0, 0, 0, 0))
			live(id);
	for (u32 id = 0; id < PROCESSES; id++)
		call(WAIT4, -1, 0, 0, 0);
	n = line_text(line, vdso ? "clocks: " : "clocks without a vDSO: ");
	n += line_number(line + n, PROCESSES);
	n += line_text(line + n, " processes, ");
	n += line_number(line + n, shared->readings);
	n += line_text(line + n, " readings, ");
	n += line_number(line + n, shared->back);
	n += line_text(line + n, " back, by ");
	n += line_number(line + n, shared->worst);
	n += line_text(line + n, " ns\n");
	call(WRITE, 1, (long)line, n, 0);
	call(EXIT, shared->back != 0, 0, 0, 0);
}

__asm__(".globl _start\n_start: mov %rsp, %rdi; and $-16, %rsp; call start; hlt");
