/* SPDX-License-Identifier: MIT */
/*
 * The ways in and out on processors with faults of speculative execution.
 *
 * Where something has to be done at each entry or exit, boot makes the plain
 * code jump here (MITIGATED in entry/frame.h); elsewhere nothing of this is
 * run.  Of the parts, each between IF and ENDIF, boot enables those that
 * this processor needs (speculation.entry).
 *
 * Until the change of CR3 on the way in, and after that on the way out, only
 * this section and this CPU's block are mapped (frame/xpti.h).  What may strike
 * there comes from the hypervisor, by its code selector: NMI, machine check,
 * debug exception, double fault, and the fault of the last iretq.  So a nested
 * entry looks which CR3 it finds, and a return to that place restores it.
 */
#include "asm-offsets.h"
#include "x86/desc.h"
#include "x86/layout.h"
#include "x86/speculation.h"
#include "entry/frame.h"

	.section .text.entry, "ax", @progbits
	.code64

/* A member of the block's data, from guest_regs, or from the block's address in a register. */
#define DATA(field)	    (CPU_BLOCK_DATA - CPU_BLOCK_SIZE + CPU_INFO_SIZE + BLOCK_##field)
#define BLOCK(reg, field) (CPU_BLOCK_DATA + BLOCK_##field)(reg)

.macro IF part
661:	.byte 0xeb, 662f - 661b - 2	/* jmp over the part */
	.pushsection .altpart, "a"
	.quad 661b, \part
	.popsection
.endm
.macro ENDIF
662:
.endm

/* The instructions over which the jump to \at\()_mitigated was written, and back behind them. */
.macro RESUME at
	mov %rsp, %rdi
	sub $8, %rsp
	jmp \at\()_call
.endm

.macro WRITE_MSR msr, value
	mov $\msr, %ecx
	mov \value, %eax
	xor %edx, %edx
	wrmsr
.endm

/* Calls that never return, or rather not by ret: 32 entries are the most that a processor has. */
.macro FILL_RETURNS
	mov $16, %ecx
1:	call 2f
	int3
2:	call 3f
	int3
3:	dec %ecx
	jnz 1b
	lfence
	add $(32 * 8), %rsp
.endm

/* From a guest: rsp is guest_regs, every register is saved. */
.macro FROM_GUEST at
	.balign 16
	.global \at\()_mitigated
\at\()_mitigated:
	IF SPEC_IBPB_ENTRY
	WRITE_MSR MSR_PRED_CMD, $1
	ENDIF
	IF SPEC_CTRL
	WRITE_MSR MSR_SPEC_CTRL, entry_spec_ctrl(%rip)
	ENDIF
	IF SPEC_RSB
	FILL_RETURNS
	ENDIF
	IF SPEC_XPTI
	mov DATA(full_cr3)(%rsp), %rax
	mov %rax, %cr3
	/* A page fault on an old copy of the table: the present one may not give it. */
	cmpl $14, REGS_vector(%rsp)
	jne 1f
	mov CPU_INFO_current(%rsp), %rax
	mov VCPU_domain(%rax), %rax
	mov DOMAIN_root_generation(%rax), %rax
	cmp %rax, DATA(guest_generation)(%rsp)
	jne entry_exit
1:	ENDIF
	RESUME \at
.endm

	FROM_GUEST entry_syscall
	FROM_GUEST entry_syscall32
	FROM_GUEST entry_sysenter
	FROM_GUEST entry_from_guest

/*
 * From the hypervisor: rbx keeps the CR3 that was found, which C code preserves.
 * SPEC_CTRL keeps our value: a guest may run with it until the next exit.
 */
.macro FROM_HV at
	.balign 16
	.global \at\()_mitigated
\at\()_mitigated:
	IF SPEC_CTRL
	WRITE_MSR MSR_SPEC_CTRL, entry_spec_ctrl(%rip)
	ENDIF
	IF SPEC_XPTI
	mov %rsp, %rax
	and $-CPU_BLOCK_SIZE, %rax
	mov %cr3, %rbx
	cmp BLOCK(%rax, guest_cr3), %rbx
	jne 1f
	mov BLOCK(%rax, full_cr3), %rax
	mov %rax, %cr3
1:	ENDIF
	RESUME \at
.endm

	FROM_HV entry_nested
	FROM_HV entry_ist_nested

	.global entry_ist_return_mitigated
entry_ist_return_mitigated:
	IF SPEC_XPTI
	mov %rbx, %cr3
	ENDIF
	test %al, %al
	jz entry_return_nested
	jmp entry_ist_blocked

/* To a guest: rsp is guest_regs, interrupts are off, all work is done. */
	.global entry_exit_mitigated
	.balign 16
entry_exit_mitigated:
	IF SPEC_XPTI
	mov %cr3, %rdi
	mov CPU_INFO_current(%rsp), %rdx
	mov VCPU_domain(%rdx), %rax
	mov DOMAIN_root_generation(%rax), %rsi
	movzbl VCPU_in_kernel(%rdx), %eax
	mov %edi, %ecx
	shr $(12 - XPTI_ROOT_SHIFT - 1), %ecx
	and $(3 << (XPTI_ROOT_SHIFT + 1)), %ecx
	shl $XPTI_ROOT_SHIFT, %eax
	add %eax, %ecx
	lea DATA(roots)(%rsp, %rcx), %rax
	cmp ROOT_full(%rax), %rdi
	jne 2f
	cmp ROOT_generation(%rax), %rsi
	jne 2f
1:	mov %rdi, DATA(full_cr3)(%rsp)
	mov %rsi, DATA(guest_generation)(%rsp)
	mov ROOT_cr3(%rax), %rax
	mov %rax, DATA(guest_cr3)(%rsp)
	mov %rax, %cr3
	ENDIF
	IF SPEC_CTRL
	WRITE_MSR MSR_SPEC_CTRL, 4+entry_spec_ctrl(%rip)
	ENDIF
	IF SPEC_VERW
	verw data_selector(%rip)
	ENDIF
	cmpl $FRAME_SYSCALL, REGS_vector(%rsp)
	jmp entry_exit_how
2:	mov %rax, %rdx
	sub $8, %rsp
	call xpti_refresh
	add $8, %rsp
	mov ROOT_full(%rax), %rdi
	mov ROOT_generation(%rax), %rsi
	jmp 1b

	.balign 4
	.global entry_spec_ctrl
entry_spec_ctrl:
	.long 0, 0
data_selector:
	.word SEL_HV_DS

	.section .note.GNU-stack, "", @progbits
