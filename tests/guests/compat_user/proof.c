/* SPDX-License-Identifier: MIT */
/*
 * Claim: 32-bit user code cannot bring its kernel down by doors that the kernel has not opened.
 * Attack: from 32-bit code: syscall and sysenter without a callback, int 0x80; a syscall with TF set (XSA-204).
 * Defence: #UD or #GP for the kernel to handle.
 * Proves: XSA-204
 */
#include "guest.h"
#include "user_code.h"

PROGRAM(plain32, TO_32 "mov $0x1234, %ebx; ud2");
PROGRAM(int80, TO_32 "mov $5, %eax; int $0x80");
PROGRAM(syscall32, TO_32 "mov $5, %eax; syscall");
PROGRAM(sysenter32, TO_32 "mov $5, %eax; sysenter");
PROGRAM(sysenter64, "mov $5, %eax; sysenter");
PROGRAM(syscall_tf, "pushfq; orq $0x100, (%rsp); popfq; syscall");

static void *text;

static void run(const char *code, const char *end)
{
	memcpy(text, code, PTR(end) - PTR(code));
	user_run();
}

#define RUN(name) run(name, name##_end)

static void tell(const char *what, bool good)
{
	check(good && fault.taken && fault.user, "%s: trap %u, error %x, cr2 %lx", what,
	      fault.vector, fault.error, fault.cr2);
}

static bool refused(void)
{
	return fault.vector == 6 || fault.vector == 13;
}

void proof(void)
{
	struct callback_register cb = { .type = CALLBACKTYPE_syscall32 };
	const volatile u64 *l4 = mfn_to_virt(user_build(plain32, plain32_end));
	const volatile u64 *l3 = mfn_to_virt(PTE_MFN(l4[0]));
	const volatile u64 *l2 = mfn_to_virt(PTE_MFN(l3[0]));
	const volatile u64 *l1 = mfn_to_virt(PTE_MFN(l2[2]));
	extern char guest_syscall_entry[];

	text = mfn_to_virt(PTE_MFN(l1[0]));
	RUN(plain32);
	tell("32-bit code runs", fault.vector == 6 && fault.regs.rbx == 0x1234);
	check((fault.regs.cs & 0xffff) == 0xe023, "in its segment");
	RUN(int80);
	tell("int 0x80", fault.vector == 128 && fault.regs.rax == 5);
	RUN(syscall32);
	tell("syscall without a callback", refused());
	RUN(sysenter32);
	tell("sysenter without a callback", refused());
	RUN(sysenter64);
	tell("sysenter of 64-bit code", refused());
	cb.address = PTR(guest_syscall_entry);
	hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb);
	RUN(syscall32);
	tell("syscall with a callback, where the processor has it",
	     fault.vector == TRAP_SYSCALL || refused());
	RUN(syscall_tf);
	tell("a syscall under TF", fault.vector == 1 || fault.vector == TRAP_SYSCALL);
	check(!(fault.regs.rflags & 1 << 17), "with sane flags");
	RUN(int80);
	tell("all is well after it", fault.vector == 128);
}
