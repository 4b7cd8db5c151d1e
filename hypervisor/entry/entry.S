/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts in, and the one way out to a guest.
 *
 * Every stub makes a struct regs (x86/regs.h).  From a guest the processor has
 * switched to TSS.rsp0, so that the frame is cpu_info.guest_regs; from the
 * hypervisor it is nested on the stack in use.  The vectors with a stack of
 * their own (IST) copy a guest's frame to the main stack and go on as others
 * do; only those that hit the hypervisor are handled where they landed.
 *
 * Nothing here trusts GS; the stack pointer is at guest_regs whenever the
 * guest path runs, so cpu_info is addressed relative to it.
 */
#include "asm-offsets.h"
#include "x86/desc.h"
#include "x86/layout.h"
#include "entry/frame.h"

	.section .text.entry, "ax", @progbits
	.code64

/* One stub for each vector: error code slot, vector, common path. */
	.balign 32
entry_stubs_code:
	.set vec, 0
	.rept 256
	.set vec_has_error, 0
	.if vec == 8 || (vec >= 10 && vec <= 14) || vec == 17 || vec == 21 || vec == 29 || vec == 30
	.set vec_has_error, 1
	.endif
	.balign 32
	.if !vec_has_error
	push $0
	.endif
	movl $vec, 4(%rsp)
	.if vec == 1 || vec == 2 || vec == 8 || vec == 18
	jmp entry_ist
	.else
	jmp entry_common
	.endif
	.set vec, vec + 1
	.endr

	.balign 16
entry_common:
	FRAME_CLAC
	cld
	FRAME_PUSH
	testb $3, REGS_cs(%rsp)
	jz entry_nested
entry_from_guest:
	CALL_HANDLER entry_from_guest, entry_trap_guest
	jmp entry_exit

entry_nested:
	CALL_HANDLER entry_nested, entry_trap_nested
	.global entry_return_nested
entry_return_nested:
	FRAME_POP
	add $8, %rsp
	.global entry_iretq_nested
entry_iretq_nested:
	iretq

/* Vectors with a stack of their own. */
	.balign 16
entry_ist:
	FRAME_CLAC
	cld
	FRAME_PUSH
	testb $3, REGS_cs(%rsp)
	jz entry_ist_nested
	/* The guest's frame belongs on the main stack, which is empty. */
	mov %rsp, %rsi
	mov %rsp, %rax
	or $(CPU_BLOCK_SIZE - 1), %rax
	lea 1 - CPU_INFO_SIZE(%rax), %rdi
	mov $(REGS_SIZE / 8), %ecx
	mov %rdi, %rax
	rep movsq
	mov %rax, %rsp
	jmp entry_from_guest
entry_ist_nested:
	CALL_HANDLER entry_ist_nested, ist_nested
	MITIGATED entry_ist_return_mitigated
	movzbl %al, %eax
	test %eax, %eax
	jz entry_return_nested
	.global entry_ist_blocked
entry_ist_blocked:
	/* An NMI handler was hit: an iret would let the next NMI in on top of it. */
	FRAME_POP
	mov REGS_rsp - REGS_error_code(%rsp), %rsp
	popfq
	ret

/* The main stack's top, whichever stack this is. */
.macro MAIN_STACK
	mov %rsp, %rax
	or $(CPU_BLOCK_SIZE - 1), %rax
	lea 1 - CPU_INFO_SIZE(%rax), %rsp
.endm

/*
 * Enter current, whatever called us and whatever it was at when it stopped; and
 * the same way to the idle loop.
 */
	.global entry_exit_to_guest, sched_exit_to_guest
entry_exit_to_guest:
sched_exit_to_guest:
	MAIN_STACK
	cli
	jmp entry_exit_slow

	.global entry_reset_stack_and
entry_reset_stack_and:
	MAIN_STACK
	xor %ebp, %ebp
	sub $8, %rsp
	call __x86_indirect_thunk_rdi
	ud2

	.global sched_reset_to_idle
sched_reset_to_idle:
	lea sched_idle_loop(%rip), %rdi
	jmp entry_reset_stack_and

/*
 * The exit path.  rsp = guest_regs.  Looks for work with interrupts off; an
 * interrupt that comes later is taken at the guest's first instruction.
 */
	.balign 16
	.global entry_exit
entry_exit:
	cli
	mov CPU_INFO_percpu_delta(%rsp), %rax
	lea percpu__softirq_bits(%rip), %rcx
	cmpl $0, (%rcx, %rax)
	jne entry_exit_slow
	mov CPU_INFO_current(%rsp), %rdx
	testl $0x010101, VCPU_pending(%rdx) /* trap, NMI, failsafe */
	jnz entry_exit_slow
	mov VCPU_info(%rdx), %rcx
	cmpb $0, INFO_upcall_pending(%rcx)
	jne entry_exit_upcall
entry_exit_ready:
	MITIGATED entry_exit_mitigated
	/* sysret takes less, but restores fewer registers and checks the address too late. */
	cmpl $FRAME_SYSCALL, REGS_vector(%rsp)
	.global entry_exit_how
entry_exit_how:
	jne entry_exit_iret
	mov REGS_rip(%rsp), %rcx
	cmp REGS_rcx(%rsp), %rcx
	jne entry_exit_iret
	mov REGS_rflags(%rsp), %r11
	cmp REGS_r11(%rsp), %r11
	jne entry_exit_iret
	test $FRAME_RFLAGS_ODD, %r11d
	jnz entry_exit_iret
	cmpw $SEL_GUEST_CS, REGS_cs(%rsp)
	jne entry_exit_iret
	cmpw $SEL_GUEST_DS, REGS_ss(%rsp)
	jne entry_exit_iret
	mov %rcx, %rax
	shl $16, %rax
	sar $16, %rax
	cmp %rax, %rcx
	jne entry_exit_iret
	FRAME_POP
	mov REGS_rsp - REGS_error_code(%rsp), %rsp
	sysretq

entry_exit_upcall:
	cmpb $0, INFO_upcall_mask(%rcx)
	jne entry_exit_ready
entry_exit_slow:
	mov %rsp, %rdi
	sub $8, %rsp
	call entry_exit_work
	add $8, %rsp
	jmp entry_exit_ready

entry_exit_iret:
	FRAME_POP
	add $8, %rsp
	.global entry_iretq
entry_iretq:
	iretq

/* Addresses of the stubs for the interrupt descriptor table. */
	.section .rodata.entry, "a", @progbits
	.balign 8
	.global entry_idt_stubs
entry_idt_stubs:
	.set vec, 0
	.rept 256
	.quad entry_stubs_code + vec * 32
	.set vec, vec + 1
	.endr

	.section .note.GNU-stack, "", @progbits
