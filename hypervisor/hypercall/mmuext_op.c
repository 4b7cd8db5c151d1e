/* SPDX-License-Identifier: MIT */
/*
 * Hypercall 26: pins, base pointers, flushes, descriptor table, whole pages.
 */
#include "hypercall/table.h"
#include "console/log.h"
#include "domain/policy.h"
#include "frame/directmap.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "lib/string.h"
#include "paging/flushmask.h"
#include "paging/paging.h"
#include "paging/target.h"
#include "smp/cpus.h"
#include "smp/ipi.h"
#include "smp/tlb.h"

/* In the count of a restarted call: *pdone holds what earlier rounds did. */
#define COUNT_RESTARTED (1U << 31)

static int ext_pin(struct domain *d, mfn_t m, enum frame_type type)
{
	struct frame *f = owner_get(m, d->id);
	int r;

	if (!f)
		return -EINVAL;
	spin_lock(&d->mm_lock);
	/* A dying domain's pins are being undone; a late one would stay. */
	r = READ_ONCE(d->pool.dying) ? -EINVAL : type_pin(f, type);
	spin_unlock(&d->mm_lock);
	owner_put(f);
	return r;
}

static int ext_unpin(struct domain *d, mfn_t m)
{
	struct frame *f = owner_get(m, d->id);
	int r;

	if (!f)
		return -EINVAL;
	spin_lock(&d->mm_lock);
	r = type_unpin(f);
	spin_unlock(&d->mm_lock);
	owner_put(f);
	return r;
}

/* Write a whole page of @d: zeroes, or the content of @src. */
static int ext_write_page(struct domain *d, mfn_t dst, const mfn_t *src)
{
	int r;

	if (src && !owner_get(*src, d->id))
		return -EINVAL;
	r = type_get_owned(dst, d->id, FRAME_WRITABLE);
	if (!r) {
		if (src)
			memcpy(mfn_to_virt(dst), mfn_to_virt(*src), PAGE_SIZE);
		else
			memset(mfn_to_virt(dst), 0, PAGE_SIZE);
		dirty_mark(d, dst);
		type_put_owned(frame_of(dst));
	}
	if (src)
		owner_put(frame_of(*src));
	return r;
}

static void flush_cache(void *unused)
{
	insn_wbinvd();
}

/* For those who drive devices: others could only slow the machine down. */
static int ext_flush_cache(const struct domain *d, bool everywhere)
{
	if (!policy_allows(d, NULL, POLICY_HARDWARE))
		return -EPERM;
	if (everywhere)
		ipi_call(cpu_online_map[0], flush_cache, NULL);
	else
		insn_wbinvd();
	return 0;
}

static int ext_flush_multi(struct domain *d, const struct mmuext_op *op)
{
	unsigned long cpus;

	if (!flushmask_read(d, arg_handle(op->arg2.vcpumask), &cpus))
		return -EINVAL;
	if (op->cmd == MMUEXT_TLB_FLUSH_MULTI)
		tlb_flush_mask(cpus);
	else
		tlb_flush_page_mask(cpus, op->arg1.linear_addr);
	return 0;
}

/* Operations on the calling vCPU's own address space. */
static int ext_own(struct vcpu *v, const struct mmuext_op *op)
{
	struct domain *d = v->domain;

	switch (op->cmd) {
	case MMUEXT_NEW_BASEPTR: return paging_set_root(v, mfn(op->arg1.mfn));
	case MMUEXT_NEW_USER_BASEPTR: return paging_set_root_user(v, mfn(op->arg1.mfn));
	case MMUEXT_TLB_FLUSH_LOCAL: tlb_flush_local(); return 0;
	case MMUEXT_INVLPG_LOCAL:
		if (va_canonical(op->arg1.linear_addr))
			tlb_flush_page_local(op->arg1.linear_addr);
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_INVLPG_MULTI: return ext_flush_multi(d, op);
	case MMUEXT_TLB_FLUSH_ALL: paging_flush_domain(d); return 0;
	case MMUEXT_INVLPG_ALL:
		if (va_canonical(op->arg1.linear_addr))
			tlb_flush_page_mask(READ_ONCE(d->pool.dirty_cpus), op->arg1.linear_addr);
		return 0;
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		return ext_flush_cache(d, op->cmd == MMUEXT_FLUSH_CACHE_GLOBAL);
	case MMUEXT_SET_LDT: return paging_set_ldt(v, op->arg1.linear_addr, op->arg2.nr_ents);
	case MMUEXT_MARK_SUPER:
	case MMUEXT_UNMARK_SUPER: return -EOPNOTSUPP;
	default: return -ENOSYS;
	}
}

static int ext_one(struct vcpu *v, struct domain *d, const struct mmuext_op *op)
{
	mfn_t m = mfn(op->arg1.mfn), src;

	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		return ext_pin(d, m, (enum frame_type)(FRAME_L1 + op->cmd - MMUEXT_PIN_L1_TABLE));
	case MMUEXT_UNPIN_TABLE: return ext_unpin(d, m);
	case MMUEXT_CLEAR_PAGE: return ext_write_page(d, m, NULL);
	case MMUEXT_COPY_PAGE: src = mfn(op->arg2.src_mfn); return ext_write_page(d, m, &src);
	default: return d == v->domain ? ext_own(v, op) : -EPERM;
	}
}

static int ext_all(struct domain *d, u64 uops, u32 count, u32 *done)
{
	struct vcpu *v = current;

	while (*done < count) {
		struct mmuext_op op;
		int r;

		if (!arg_get_at(&op, uops, *done))
			return -EFAULT;
		r = ext_one(v, d, &op);
		if (r && r != -EINTR)
			log_guest(LOG_INFO, "d%u: mmuext_op %u %lx for d%u: %d\n", v->domain->id,
				  op.cmd, op.arg1.linear_addr, d->id, r);
		if (r)
			return r;
		++*done;
		if (*done < count && preempt_needed())
			return -EINTR;
	}
	return 0;
}

HYPERCALL(mmuext_op)
{
	u32 count = a2, before = 0, done = 0;
	struct target t;
	int r;

	if (count & COUNT_RESTARTED) {
		count &= ~COUNT_RESTARTED;
		if (a3 && !arg_get(&before, a3))
			return -EFAULT;
	}
	r = target_get(a4 & 0xffff, &t);
	if (!r && !t.owner) {
		target_put(&t);
		r = -EPERM;
	}
	if (r)
		return r;
	r = ext_all(t.owner, a1, count, &done);
	target_put(&t);

	before += done;
	if (a3 && !arg_put(a3, &before))
		return -EFAULT;
	if (r == -EINTR)
		return preempt_restart(a1 + done * sizeof(struct mmuext_op),
				       (count - done) | COUNT_RESTARTED, a3, a4, 0);
	return r;
}
