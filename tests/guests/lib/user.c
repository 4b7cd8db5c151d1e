/* SPDX-License-Identifier: MIT */
/*
 * User mode of a tiny guest: an address space with one page of code and one of stack.
 */
#include "guest.h"

static u8 kernel_stack[8192] __attribute__((aligned(16)));

u64 user_build(const void *code, const void *end)
{
	u64 flags = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;
	u64 *tables[4], root;
	void *text = page_alloc(), *stack = page_alloc();

	for (int i = 0; i < 4; i++)
		tables[i] = page_alloc();
	memcpy(text, code, PTR(end) - PTR(code));
	tables[0][0] = pte_of(virt_to_mfn(tables[1]), flags);
	tables[1][0] = pte_of(virt_to_mfn(tables[2]), flags);
	tables[2][USER_CODE >> 21] = pte_of(virt_to_mfn(tables[3]), flags);
	tables[3][0] = pte_of(virt_to_mfn(text), flags & ~PTE_RW);
	tables[3][1] = pte_of(virt_to_mfn(stack), flags);
	for (int i = 0; i < 4; i++)
		set_readonly(tables[i]);
	root = virt_to_mfn(tables[0]);
	if (mmuext(MMUEXT_PIN_L4_TABLE, root) || mmuext(MMUEXT_NEW_USER_BASEPTR, root))
		check(false, "an address space for user mode");
	hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, kernel_stack + sizeof(kernel_stack));
	return root;
}

static void enter(void *arg)
{
	(void)arg;
	__asm__ volatile(
		"pushq %[ss]\n\t"
		"pushq %[sp]\n\t"
		"pushq $0x202\n\t"
		"pushq %[cs]\n\t"
		"pushq %[ip]\n\t"
		"pushq $0\n\t" /* flags */
		"pushq $0\n\t" /* rcx */
		"pushq $0\n\t" /* r11 */
		"pushq $0\n\t" /* rax */
		"mov $23, %%eax\n\t"
		"syscall"
		:
		: [ss] "i"(FLAT_USER_SS), [sp] "i"(USER_STACK), [cs] "i"(FLAT_USER_CS), [ip] "i"(USER_CODE)
		: "memory");
	__builtin_unreachable();
}

void user_run(void)
{
	try_call(enter, NULL);
}
