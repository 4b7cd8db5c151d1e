/* SPDX-License-Identifier: MIT */
/*
 * Hypercall numbers to handlers; entry, result and restart.
 */
#include "hypercall/table.h"

#include "domain/vcpu.h"
#include "frame/check.h"
#include "x86/bound.h"
#include "x86/percpu.h"

typedef long hypercall_fn(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5);

/* The SYSCALL instruction that a restarted call executes again. */
#define SYSCALL_LENGTH 2

#define HANDLER(nr, name) [nr] = hypercall_##name,
static hypercall_fn *const handlers[NR_HYPERCALLS] = { HYPERCALLS(HANDLER) };

DEFINE_PERCPU(u64, hypercall_counts)[NR_HYPERCALLS];

long hypercall_call(u64 nr, const u64 args[6])
{
	long result;

	if (unlikely(!bound_index(nr, NR_HYPERCALLS) || !handlers[nr]))
		return -ENOSYS;
	this_cpu(hypercall_counts)[nr]++;
	result = handlers[nr](args[0], args[1], args[2], args[3], args[4]);
	check_batch();
	return result;
}

void hypercall_dispatch(struct regs *regs)
{
	u64 *counts = this_cpu(hypercall_counts), nr = (u32)regs->rax;
	struct vcpu *v = current;
	long result;

	if (unlikely(!bound_index(nr, NR_HYPERCALLS) || !handlers[nr])) {
		regs->rax = (u64)-ENOSYS;
		return;
	}
	counts[nr]++;
	result = handlers[nr](regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8);
	check_batch();
	if (likely(!v->restart)) {
		regs->rax = (u64)result;
		return;
	}
	v->restart = false;
	/* rax still holds the number. */
	regs->rip -= SYSCALL_LENGTH;
	regs->rdi = v->restart_args[0];
	regs->rsi = v->restart_args[1];
	regs->rdx = v->restart_args[2];
	regs->r10 = v->restart_args[3];
	regs->r8 = v->restart_args[4];
}
