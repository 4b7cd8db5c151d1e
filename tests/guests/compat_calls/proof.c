/* SPDX-License-Identifier: MIT */
/*
 * Claim: a 32-bit process reaches its kernel by int $0x80, SYSCALL and SYSENTER, where the processor has
 *	them, and goes on behind it; a door that the kernel has closed is one exception, whatever flags the
 *	process has set.
 * Attack: each door with TF, NT and both; SYSENTER with a stack pointer of the hypervisor's and into a
 *	kernel without a callback, where the #GP must come once and not twice (XSA-339).
 * Defence: entry/syscall_stub.S, entry/syscall.c.
 * LIMIT: 60
 * Proves: callback_op.CALLBACKTYPE_syscall32 ok
 * Proves: callback_op.CALLBACKTYPE_sysenter ok
 * Proves: XSA-204
 * Proves: XSA-339
 */
#include "guest.h"
#include "user_code.h"

#define CODE32	0xe023
#define FLAG_TF 0x100ULL
#define FLAG_NT 0x4000ULL
#define FLAG_IF 0x200ULL

/* The handler returns to what ebp points to, as SYSENTER says nothing of where it came from. */
#define CALLER		       TO_32 "call 2f; 2: pop %ebp; add $(3f - 2b), %ebp; mov %esp, %edi; mov $5, %eax;"
#define DOOR(name, insn)       PROGRAM(name, CALLER insn "; 3: mov %eax, %ebx; mov $7, %eax")
#define ODD(name, flags, insn) DOOR(name, "pushf; orl $" #flags ", (%esp); popf; " insn)

DOOR(int80, "int $0x80");
ODD(int80_tf, 0x100, "int $0x80");
ODD(int80_nt, 0x4000, "int $0x80");
DOOR(syscall, "syscall");
ODD(syscall_tf, 0x100, "syscall");
ODD(syscall_nt, 0x4000, "syscall");
DOOR(sysenter, "sysenter");
ODD(sysenter_tf, 0x100, "sysenter");
ODD(sysenter_nt, 0x4000, "sysenter");
ODD(sysenter_both, 0x4100, "sysenter");
DOOR(sysenter_stack, "mov $0xffff8300, %esp; sysenter");
PROGRAM(busy, CALLER "xor %ebx, %ebx; mov $20000000, %ecx; 1: inc %ebx; loop 1b; 3: mov $7, %eax");

static void *text;
static unsigned int calls, refusals, steps;
static struct trap last;

static void on_step(struct trap *t)
{
	steps++;
	t->rflags &= ~FLAG_TF;
	hypercall2(__HYPERVISOR_set_debugreg, 6, 0);
}

/* A call: note it, answer, go on behind it. */
static void on_call(struct trap *t)
{
	calls++;
	last = *t;
	t->rax = 0x1234;
	t->rip = t->rbp;
	t->cs = CODE32;
	t->ss = FLAT_USER_SS;
	t->rsp = t->rdi;
	t->rflags &= ~(FLAG_TF | FLAG_NT);
}

/* A closed door: the instruction is passed by. */
static void on_refusal(struct trap *t)
{
	refusals++;
	last = *t;
	t->rax = 0x4321;
	t->rip = t->rbp;
	t->cs = CODE32;
	t->rsp = t->rdi;
	t->rflags &= ~(FLAG_TF | FLAG_NT);
}

static void on_invalid(struct trap *t)
{
	if (t->rax != 7) {
		on_refusal(t);
		return;
	}
	/* The program's end: once more, for the library. */
	trap_set(6, NULL);
}

static void run(const char *code, const char *end)
{
	calls = refusals = steps = 0;
	trap_set(6, on_invalid);
	memcpy(text, code, PTR(end) - PTR(code));
	user_run();
	trap_set(6, NULL);
}

/* One call or one refusal, of code as it should be, and the program has gone on. */
static void judge(const char *what, bool may_refuse)
{
	bool called = calls == 1 && !refusals && fault.regs.rbx == 0x1234;
	bool refused = !calls && refusals == 1 && fault.regs.rbx == 0x4321;

	check((called || (may_refuse && refused)) && fault.taken && fault.user &&
		      fault.vector == 6 && (last.cs & 3) == 3 && last.rax == 5 &&
		      last.rflags & FLAG_IF && (u16)fault.regs.cs == CODE32,
	      "%s: %u calls, %u refusals, %u steps, then trap %u, rbx %lx", what, calls, refusals,
	      steps, fault.vector, fault.regs.rbx);
}

#define RUN(name, may_refuse)             \
	do {                              \
		run(name, name##_end);    \
		judge(#name, may_refuse); \
	} while (0)

static void all_doors(bool amd, bool open)
{
	RUN(int80, false);
	RUN(int80_tf, false);
	RUN(int80_nt, false);
	/* The other vendor's processors do not have it in 32-bit code. */
	RUN(syscall, !amd || !open);
	RUN(syscall_tf, !amd || !open);
	RUN(syscall_nt, !amd || !open);
	RUN(sysenter, amd || !open);
	RUN(sysenter_tf, amd || !open);
	RUN(sysenter_nt, amd || !open);
	RUN(sysenter_both, amd || !open);
	RUN(sysenter_stack, amd || !open);
}

static long open_door(u16 type)
{
	extern char guest_syscall_entry[];
	struct callback_register cb = { .type = type, .address = PTR(guest_syscall_entry) };

	return hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb);
}

static bool is_amd(void)
{
	u32 a = 0, b, c, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return b == 0x68747541;
}

void proof(void)
{
	const volatile u64 *l4 = mfn_to_virt(user_build(int80, int80_end));
	const volatile u64 *l3 = mfn_to_virt(PTE_MFN(l4[0]));
	const volatile u64 *l2 = mfn_to_virt(PTE_MFN(l3[0]));
	const volatile u64 *l1 = mfn_to_virt(PTE_MFN(l2[2]));
	bool amd = is_amd();

	text = mfn_to_virt(PTE_MFN(l1[0]));
	trap_set(1, on_step);
	trap_set(128, on_call);
	trap_set(TRAP_SYSCALL, on_call);
	trap_set(13, on_refusal);
	say("# %s, doors closed\n", amd ? "AMD" : "Intel");
	all_doors(amd, false);
	check_is(open_door(CALLBACKTYPE_syscall32), 0, "a callback for SYSCALL");
	check_is(open_door(CALLBACKTYPE_sysenter), 0, "one for SYSENTER");
	all_doors(amd, true);

	trap_set(13, NULL);
	ticks_start(300000);
	run(busy, busy_end);
	ticks_stop();
	check(fault.user && fault.vector == 6 && (u32)fault.regs.rbx == 20000000 && ticks > 3,
	      "32-bit code, interrupted %u times, counts to %lu", ticks, fault.regs.rbx);
}
