/* SPDX-License-Identifier: MIT */
/*
 * Claim: an NMI or a machine check may strike at any instruction.
 * Attack: drive.py injects them one by one at every instruction of a hypercall, of a user's system
 * call and of the way back, and inside each other; here, both modes loop and look at their registers.
 * Defence: stacks of their own, a frame that no second one overwrites, a return that keeps NMIs
 * blocked where they are; the guest gets its NMI at once.
 */
#include "guest.h"

/* Written by the driver. */
volatile unsigned int drive_stop, drive_user;
volatile unsigned int nmis, rounds, wrong;

/* Known values in all registers that a call keeps, then the call, then the comparison in drive_check. */
#define PATTERN                                                         \
	"mov $0x1111111111111111, %rbx; mov $0x2222222222222222, %rbp;" \
	"mov $0x3333333333333333, %r12; mov $0x4444444444444444, %r13;" \
	"mov $0x5555555555555555, %r14; mov $0x6666666666666666, %r15;" \
	"mov $0x7777777777777777, %r8;  mov $0x1888888888888888, %r9;"  \
	"mov $0x1999999999999999, %r10; mov $0x1aaaaaaaaaaaaaaa, %rdx;" \
	"xor %edi, %edi; xor %esi, %esi;"

__asm__(".macro same value reg; mov $\\value, %rax; cmp %rax, %\\reg; jne 9f; .endm");
#define COMPARE                                                     \
	"same 0x1111111111111111 rbx; same 0x2222222222222222 rbp;" \
	"same 0x3333333333333333 r12; same 0x4444444444444444 r13;" \
	"same 0x5555555555555555 r14; same 0x6666666666666666 r15;" \
	"same 0x7777777777777777 r8; same 0x1888888888888888 r9;"   \
	"same 0x1999999999999999 r10; same 0x1aaaaaaaaaaaaaaa rdx;"

extern const char user_code[], user_code_end[];
bool kernel_round(void);
void trap_handle(struct trap *t);
void deaf_round(void);

__asm__(".globl kernel_round, kernel_syscall, kernel_resumed, kernel_compared\n"
	"kernel_round:\n\t"
	"push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n\t" PATTERN
	"mov $17, %eax\n" /* xen_version */
	"kernel_syscall: syscall\n"
	"kernel_resumed:\n\t" COMPARE "\n"
	"kernel_compared: mov $1, %eax\n\t"
	"jmp 8f\n"
	"9: xor %eax, %eax\n"
	"8: pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n\t"
	"ret\n"
	".pushsection .rodata\n"
	"user_code:\n"
	"1:\t" PATTERN "mov $5, %eax; syscall\n\t" COMPARE "jmp 1b\n"
	"9: ud2\n"
	"user_code_end:\n\t"
	".popsection");

static void on_nmi(struct trap *t)
{
	(void)t;
	nmis++;
}

static void on_syscall(struct trap *t)
{
	rounds++;
	if (!drive_user) {
		trap_set(TRAP_SYSCALL, NULL); /* the default one leaves user mode */
		trap_handle(t);
	}
}

/* Where the driver finds the kernel when it takes no NMI any more. */
__attribute__((noinline)) void deaf_round(void)
{
	hypercall2(__HYPERVISOR_xen_version, 0, 0);
}

void proof(void)
{
	trap_set(2, on_nmi);
	user_build(user_code, user_code_end);
	say("ready\n");
	while (!drive_stop) {
		wrong += !kernel_round();
		rounds++;
		if (drive_user) {
			trap_set(TRAP_SYSCALL, on_syscall);
			user_run();
			wrong += fault.vector != TRAP_SYSCALL;
		}
	}
	check(wrong == 0 && rounds > 0, "no register was lost in %u rounds", rounds);
	check(nmis > 0, "the guest had %u NMIs", nmis);
	hypercall1(__HYPERVISOR_set_trap_table, 0);
	say("deaf\n");
	while (drive_stop < 2)
		deaf_round();
}
