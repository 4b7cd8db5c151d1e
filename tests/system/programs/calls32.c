/* SPDX-License-Identifier: MIT */
/*
 * A 32-bit process: its system calls by int $0x80 and by the door that its kernel has chosen for the
 * processor (SYSENTER or SYSCALL, in the vDSO).  Static and without a library, as there may be none for
 * 32 bits.  Prints one line: "calls32: DOOR, N of M".
 */
#include "line.h"

enum {
	EXIT = 1,
	FORK = 2,
	WRITE = 4,
	WAITPID = 7,
	GETPID = 20,
	KILL = 37,
	UNAME = 122,
	YIELD = 158,
	SIGACTION = 174,
	MMAP2 = 192,
	SET_THREAD_AREA = 243
};

#define AT_SYSINFO 32
#define SIGUSR1	   10
#define ROUNDS	   2000

static u32 vsyscall;
static u32 good, checks;
static volatile u32 signals;

struct regs {
	u32 ax, bx, cx, dx, si, di, bp;
};

/* A call with six arguments by int $0x80 or, if @door, by @door; all registers as they come back. */
void enter(struct regs *r, u32 door);
__asm__("enter:\n\t"
	"push %ebx; push %esi; push %edi; push %ebp\n\t"
	"mov 20(%esp), %eax; push %eax\n\t" /* r */
	"push 28(%esp)\n\t"		    /* door */
	"mov 4(%eax), %ebx; mov 8(%eax), %ecx; mov 12(%eax), %edx\n\t"
	"mov 16(%eax), %esi; mov 20(%eax), %edi; mov 24(%eax), %ebp; mov (%eax), %eax\n\t"
	"cmpl $0, (%esp); jne 1f\n\t"
	"int $0x80; jmp 2f\n"
	"1: call *(%esp)\n"
	"2: push %ebp; mov 8(%esp), %ebp\n\t"
	"mov %eax, (%ebp); mov %ebx, 4(%ebp); mov %ecx, 8(%ebp); mov %edx, 12(%ebp)\n\t"
	"mov %esi, 16(%ebp); mov %edi, 20(%ebp); pop 24(%ebp)\n\t"
	"add $8, %esp; pop %ebp; pop %edi; pop %esi; pop %ebx; ret");

static u32 call(u32 door, u32 nr, u32 a, u32 b, u32 c)
{
	struct regs r = { nr, a, b, c, 0, 0, 0 };

	enter(&r, door);
	return r.ax;
}

static void check(u32 ok)
{
	checks++;
	good += ok != 0;
}

static void on_signal(int nr)
{
	signals += (u32)nr;
}

static void registers(u32 door)
{
	u32 kept = 1;

	for (u32 i = 0; i < ROUNDS; i++) {
		struct regs r = { i & 1 ? YIELD : GETPID, 1 + i, 2 + i, 3 + i, 4 + i, 5 + i, 6 + i };

		enter(&r, door);
		kept &= r.bx == 1 + i && r.cx == 2 + i && r.dx == 3 + i && r.si == 4 + i &&
			r.di == 5 + i && r.bp == 6 + i;
	}
	check(kept);
}

static void calls(u32 door)
{
	/* 64 KiB, private and anonymous. */
	struct regs r = { MMAP2, 0, 65536, 3, 0x22, ~0U, 0 };
	u32 action[5] = { (u32)on_signal, 0, 0, 0, 0 };
	u32 pid = call(0, GETPID, 0, 0, 0), child, status = ~0U;

	check(call(door, GETPID, 0, 0, 0) == pid && pid > 0);
	check(call(door, 9999, 0, 0, 0) == -38U);
	enter(&r, door);
	check(r.ax < 0xfffff000U);
	if (r.ax < 0xfffff000U) {
		*(volatile u32 *)(r.ax + 65532) = 7;
		check(*(volatile u32 *)(r.ax + 65532) == 7);
	}
	signals = 0;
	r = (struct regs){ SIGACTION, SIGUSR1, (u32)action, 0, 8, 0, 0 };
	enter(&r, door);
	for (u32 i = 0; i < 10; i++)
		call(door, KILL, pid, SIGUSR1, 0);
	check(signals == 10 * SIGUSR1);
	child = call(door, FORK, 0, 0, 0);
	if (!child)
		call(door, EXIT, 42, 0, 0);
	check(call(door, WAITPID, child, (u32)&status, 0) == child && status == 42 << 8);
	registers(door);
}

/* A segment of its own, over many switches. */
static void thread_area(void)
{
	static u32 words[2] = { 0x7153, 0 };
	u32 area[4] = { ~0U, (u32)words, 0xfffff, 0x51 }, value = 0;

	check(call(0, SET_THREAD_AREA, (u32)area, 0, 0) == 0);
	__asm__ volatile("mov %0, %%gs" ::"r"(area[0] * 8 + 3));
	for (u32 i = 0; i < ROUNDS; i++)
		call(0, YIELD, 0, 0, 0);
	__asm__ volatile("mov %%gs:0, %0" : "=r"(value));
	check(value == words[0]);
}

/* What the vDSO enters by: found in its first bytes. */
static const char *door_name(void)
{
	const unsigned char *p = (const unsigned char *)vsyscall;

	for (u32 i = 0; i < 24 && !(p[i] == 0xcd && p[i + 1] == 0x80); i++)
		if (p[i] == 0x0f)
			return p[i + 1] == 0x34 ? "SYSENTER" : p[i + 1] == 0x05 ? "SYSCALL" : "?";
	return "int80";
}

__attribute__((used)) static void start(const u32 *stack)
{
	const u32 *p = stack + 1 + stack[0] + 1;
	char line[80];
	u32 n;

	while (*p++)
		;
	for (; p[0]; p += 2)
		if (p[0] == AT_SYSINFO)
			vsyscall = p[1];
	thread_area();
	calls(0);
	if (vsyscall)
		calls(vsyscall);
	n = line_text(line, "calls32: ");
	n += line_text(line + n, vsyscall ? door_name() : "no vDSO");
	n += line_text(line + n, ", ");
	n += line_number(line + n, good);
	n += line_text(line + n, " of ");
	n += line_number(line + n, checks);
	n += line_text(line + n, "\n");
	call(0, WRITE, 1, (u32)line, n);
	call(0, EXIT, good != checks, 0, 0);
}

__asm__(".globl _start\n_start: mov %esp, %eax; and $-16, %esp; sub $12, %esp; push %eax; call "
	"start; hlt");
