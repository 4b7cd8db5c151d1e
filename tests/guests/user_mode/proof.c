/* SPDX-License-Identifier: MIT */
/*
 * Claim: user code of a guest reaches its kernel by the registered doors only, and the hypervisor never.
 * Attack: from user mode: a syscall with a hypercall's number, kernel addresses, privileged instructions.
 * Defence: the syscall goes to the kernel; all else is the kernel's fault to handle, marked as user's.
 * Proves: mmuext_op.MMUEXT_NEW_USER_BASEPTR ok
 */
#include "guest.h"
#include "user_code.h"

PROGRAM(call_hypervisor, "mov $17, %eax; xor %edi, %edi; xor %esi, %esi; syscall");
PROGRAM(read_kernel, "mov $0xffffffff80100000, %rax; mov (%rax), %rax");
PROGRAM(read_hypervisor, "mov $0xffff830000000000, %rax; mov (%rax), %rax");
PROGRAM(write_code, "movb $1, 0x400000");
PROGRAM(fetch_nowhere, "mov $0x700000, %eax; jmp *%rax");
PROGRAM(halt, "hlt");
PROGRAM(disable, "cli");
PROGRAM(int14, "int $14");
PROGRAM(int128, "push $1; pop %rbx; int $0x80");
PROGRAM(write_base, "mov $0xc0000101, %ecx; wrmsr");
PROGRAM(port, "mov $0x80, %dx; out %al, %dx");
PROGRAM(read_cr, "mov %cr0, %rax");
PROGRAM(stack_gone, "mov $0x1000, %rsp; push %rax");

static void *text;

static void run(const char *code, const char *end, u32 vector, u32 error, const char *what)
{
	memcpy(text, code, PTR(end) - PTR(code));
	user_run();
	check(fault.taken && fault.user && fault.vector == vector && fault.error == error,
	      "%s: %u, error %x (got %u, %x, cr2 %lx)", what, vector, error, fault.vector,
	      fault.error, fault.cr2);
}

#define RUN(name, vector, error, what) run(name, name##_end, vector, error, what)

void proof(void)
{
	u64 root = user_build(halt, halt_end);
	const volatile u64 *l4 = mfn_to_virt(root);
	const volatile u64 *l3 = mfn_to_virt(PTE_MFN(l4[0]));
	const volatile u64 *l2 = mfn_to_virt(PTE_MFN(l3[0]));
	const volatile u64 *l1 = mfn_to_virt(PTE_MFN(l2[2]));
	u32 before = 0;

	text = mfn_to_virt(PTE_MFN(l1[0]));
	RUN(call_hypervisor, TRAP_SYSCALL, 0, "syscall goes to the guest's kernel");
	check(fault.regs.rax == 17, "with its number");
	RUN(read_kernel, 14, 4, "a kernel address is not there");
	check(fault.cr2 == 0xffffffff80100000, "and the kernel learns which");
	/* Protected, or not mapped at all where the processor has Meltdown. */
	memcpy(text, read_hypervisor, PTR(read_hypervisor_end) - PTR(read_hypervisor));
	user_run();
	check(fault.taken && fault.user && fault.vector == 14 && (fault.error & ~1u) == 4,
	      "nor is an address of the hypervisor: error %x", fault.error);
	RUN(write_code, 14, 7, "user code is read-only");
	user_run();
	before = fault.error;
	RUN(fetch_nowhere, 14, 0x14, "a jump to nowhere is an instruction fetch");
	check(before == 7 && fault.rip == 0x700000, "at its address");
	RUN(halt, 13, 0, "hlt");
	RUN(disable, 13, 0, "cli");
	memcpy(text, int14, PTR(int14_end) - PTR(int14));
	user_run();
	check(fault.vector == 13 && fault.error & 2, "int 14, whose handler has DPL 0");
	RUN(int128, 128, 0, "int 0x80, whose handler has DPL 3");
	check(fault.regs.rbx == 1, "with the registers of user mode");
	RUN(write_base, 13, 0, "wrmsr");
	RUN(port, 13, 0, "out");
	RUN(read_cr, 13, 0, "mov from cr0");
	RUN(stack_gone, 14, 6, "a push without a stack");
	check(fault.cr2 == 0xff8, "faults at its address");
}
