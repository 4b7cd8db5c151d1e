/* SPDX-License-Identifier: MIT */
/*
 * Retpolines: indirect branches whose target no predictor knows.
 *
 * The compiler makes each indirect call or jump one to such a piece of code.
 * A return is predicted from the call before it: what is executed ahead of
 * time ends in the loop, while the real return goes to the register.  Where
 * this is not needed boot puts the plain instruction into each place instead
 * (features_patch()).  Each piece is 32 bytes; they are in the order of the
 * registers' numbers.
 */
	.text
	.balign 32
	.global retpoline_start, retpoline_end
retpoline_start:
.irp reg, rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
	.balign 32
	.global __x86_indirect_thunk_\reg
__x86_indirect_thunk_\reg:
	call 2f
1:	pause
	lfence
	jmp 1b
2:	mov %\reg, (%rsp)
	ret
.endr
retpoline_end:

	.section .note.GNU-stack, "", @progbits
