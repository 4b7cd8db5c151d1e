/* SPDX-License-Identifier: MIT */
/*
 * Claim: a debug exception that arrives late, on the first instruction of the hypervisor, is harmless.
 * Attack: a data breakpoint on what `mov ss` loads, and TF, in front of each door: syscall of kernel
 * and user, int3, int $0x80, sysenter, hlt.  QEMU 7.2 takes such an exception before the door and not
 * behind it, so drive.py makes the late ones: it sets TF in the first instructions behind each door.
 * Defence: debug exceptions have a stack of their own; one that hits the hypervisor is dropped.
 * Proves: XSA-204
 * Proves: XSA-259
 * Proves: XSA-260
 * Proves: XSA-265
 * Proves: XSA-339
 */
#include "guest.h"

volatile unsigned int drive_stop;
static u64 loaded_ss = FLAT_KERNEL_SS;
static unsigned int debug_traps, quiet_runs, quiet_good;
static bool quiet;

#define DOOR(name, text)                                                                     \
	extern const char name[], name##_end[];                                              \
	__asm__(".pushsection .rodata\n.globl " #name "\n" #name ": " text "\n\tud2\n" #name \
		"_end:\n\t.popsection")

/* In user mode; the page of its stack holds the selector that the kernel put there. */
#define LATE "mov $0x401000, %ebx; mov (%rbx), %ss;"
DOOR(door_syscall, LATE "syscall");
DOOR(door_int3, LATE "int3");
DOOR(door_int80, LATE "int $0x80");
DOOR(door_sysenter, LATE "sysenter");
DOOR(door_hlt, LATE "hlt");
/* The same under TF. */
#define STEP "pushfq; orq $0x100, (%rsp); popfq;"
DOOR(step_syscall, STEP "syscall");
DOOR(step_int3, STEP "int3");
DOOR(step_int80, STEP "int $0x80");
DOOR(step_sysenter, STEP "sysenter");
/* Both, and a flag that an iret faults on. */
DOOR(step_nt_sysenter, "pushfq; orq $0x4100, (%rsp); popfq; sysenter");

static long set(unsigned int reg, u64 value)
{
	return hypercall2(__HYPERVISOR_set_debugreg, reg, value);
}

/* Go on behind a debug exception; any other ends the run. */
static void on_debug(struct trap *t)
{
	debug_traps++;
	t->rflags &= ~0x100ULL;
	set(6, 0);
}

static void *user_text;

static void run(const char *what, const char *code, const char *end, unsigned int want1,
		unsigned int want2)
{
	debug_traps = 0;
	memcpy(user_text, code, PTR(end) - PTR(code));
	user_run();
	if (quiet) {
		quiet_runs++;
		quiet_good += fault.user && (fault.vector == want1 || fault.vector == want2);
		return;
	}
	check(fault.taken && fault.user && (fault.vector == want1 || fault.vector == want2),
	      "%s: trap %u, error %x, after %u debug exceptions", what, fault.vector, fault.error,
	      debug_traps);
}

#define RUN(name, want1, want2) run(#name, name, name##_end, want1, want2)

/* A hypercall of the kernel behind a watched mov ss, and one under TF. */
static void kernel_doors(void)
{
	long rc;

	set(0, PTR(&loaded_ss));
	set(7, 1 | 3 << 16 | 3 << 18);
	__asm__ volatile("mov %[ss], %%ss; syscall"
			 : "=a"(rc)
			 : [ss] "m"(loaded_ss), "a"(__HYPERVISOR_xen_version), "D"(0), "S"(0)
			 : "rcx", "r11", "memory");
	check(rc > 0, "a hypercall behind a watched mov ss: %lx", rc);
	set(7, 0);
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; syscall"
			 : "=a"(rc)
			 : "a"(__HYPERVISOR_xen_version), "D"(0), "S"(0)
			 : "rcx", "r11", "memory");
	check(rc > 0, "a hypercall under TF: %lx", rc);
}

extern const char late_call[];
__asm__(".globl late_round\nlate_round:\n\t"
	"mov $17, %eax; xor %edi, %edi; xor %esi, %esi\n"
	"late_call: syscall\n\t"
	"ret");
long late_round(void);

void proof(void)
{
	const volatile u64 *l4 = mfn_to_virt(user_build(door_hlt, door_hlt_end));
	const volatile u64 *l3 = mfn_to_virt(PTE_MFN(l4[0]));
	const volatile u64 *l2 = mfn_to_virt(PTE_MFN(l3[0]));
	const volatile u64 *l1 = mfn_to_virt(PTE_MFN(l2[2]));
	u64 *watched = mfn_to_virt(PTE_MFN(l1[1]));
	unsigned int good = 0, rounds = 0;
	u64 ss = FLAT_USER_SS;

	trap_set(1, on_debug);
	user_text = mfn_to_virt(PTE_MFN(l1[0]));
	*watched = ss;

	kernel_doors();
	set(0, 0x401000);
	set(7, 1 | 3 << 16 | 3 << 18);
	RUN(door_syscall, TRAP_SYSCALL, TRAP_SYSCALL);
	RUN(door_int3, 3, 3);
	RUN(door_int80, 128, 128);
	RUN(door_sysenter, 6, 13);
	RUN(door_hlt, 13, 13);
	set(7, 0);
	RUN(step_syscall, TRAP_SYSCALL, TRAP_SYSCALL);
	RUN(step_int3, 3, 3);
	RUN(step_int80, 128, 128);
	RUN(step_sysenter, 6, 13);
	RUN(step_nt_sysenter, 6, 13);

	if (!on_lamina())
		return;
	debug_traps = 0;
	say("ready\n");
	while (!drive_stop) {
		good += late_round() > 0;
		rounds++;
	}
	say("user\n");
	check(good == rounds && rounds, "late debug exceptions in %u hypercalls", rounds);
	quiet = true;
	while (drive_stop < 2) {
		RUN(step_int80, 128, 128);
		RUN(step_int3, 3, 3);
		RUN(step_syscall, TRAP_SYSCALL, TRAP_SYSCALL);
		RUN(step_sysenter, 6, 13);
	}
	check(quiet_good == quiet_runs && quiet_runs, "and in %u exceptions and calls of the user",
	      quiet_runs);
}
