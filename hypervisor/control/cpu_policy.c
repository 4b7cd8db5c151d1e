/* SPDX-License-Identifier: MIT */
/*
 * domctl and sysctl: the processor as domains are told it.
 *
 * The tools read what a new domain would see, take features away and write it
 * back.  What is kept of that is the words of feature bits that they cleared
 * (domain.cpuid_hidden): a bit set beyond what the hypervisor allows promises
 * nothing, and all other words (family, caches, sizes) are the machine's.
 */
#include "control/domctl.h"
#include "control/sysctl.h"
#include "hypercall/arg.h"
#include "lib/string.h"
#include "pv/cpuid.h"
#include <xen/arch-x86/cpuid.h>

/* What the tools' library takes: it knows no leaf beyond these, nor needs more room. */
#define POLICY_LAST_LEAF     0xdu
#define POLICY_LAST_EXTENDED 0x80000021u
#define POLICY_MAX_LEAVES    120
#define POLICY_MSR	     0xce /* MSR_PLATFORM_INFO: no CPUID faulting is offered */

/* The leaf behind @leaf in the tools' order; 0 behind the last. */
static u32 policy_next_leaf(u32 leaf)
{
	switch (leaf) {
	case POLICY_LAST_LEAF: return XEN_CPUID_FIRST_LEAF;
	case XEN_CPUID_FIRST_LEAF: return 0x80000000;
	case POLICY_LAST_EXTENDED: return 0;
	}
	return leaf + 1;
}

static bool policy_leaf_known(u32 leaf, u32 sub)
{
	u32 subs = cpuid_subleaves(leaf);

	if (leaf > POLICY_LAST_LEAF && leaf != XEN_CPUID_FIRST_LEAF &&
	    leaf != XEN_CPUID_FIRST_LEAF + 0x100 &&
	    (leaf < 0x80000000 || leaf > POLICY_LAST_EXTENDED))
		return false;
	return subs ? sub < subs : sub == XEN_CPUID_NO_SUBLEAF;
}

/*
 * Write the policy of @d (NULL: of a new domain; @host: the machine's own) to
 * @leaves and @msrs, or how large they may get.  Subleaves of zeros are left
 * out, which reads the same.
 */
static long policy_get(const struct domain *d, bool host, u64 leaves, u32 *nr_leaves, u64 msrs,
		       u32 *nr_msrs)
{
	xen_msr_entry_t msr = { .idx = POLICY_MSR };
	u32 leaf = 0, n = 0;

	if (leaves) {
		do {
			for (u32 sub = 0; sub < MAX(cpuid_subleaves(leaf), 1u); sub++) {
				struct cpuid_regs r =
					host ? cpuid_host(leaf, sub) : cpuid_guest(d, 0, leaf, sub);
				xen_cpuid_leaf_t l = { leaf, sub, r.a, r.b, r.c, r.d };

				if (!cpuid_subleaves(leaf))
					l.subleaf = XEN_CPUID_NO_SUBLEAF;
				else if (sub && !(r.a | r.b | r.c | r.d))
					continue;
				if (n == *nr_leaves)
					return -ENOBUFS;
				if (!arg_put_at(leaves, n++, &l))
					return -EFAULT;
			}
			leaf = policy_next_leaf(leaf);
		} while (leaf);
	}
	*nr_leaves = leaves ? n : POLICY_MAX_LEAVES;
	if (msrs && !*nr_msrs)
		return -ENOBUFS;
	if (msrs && !arg_put(msrs, &msr))
		return -EFAULT;
	*nr_msrs = 1;
	return 0;
}

DOMCTL(get_cpu_policy)
{
	struct xen_domctl_cpu_policy *p = &op->u.cpu_policy;

	return policy_get(d, false, arg_handle(p->leaves), &p->nr_leaves, arg_handle(p->msrs),
			  &p->nr_msrs);
}

/* Take one leaf into @hidden; an error names it. */
static long policy_take(struct xen_domctl_cpu_policy *p, const xen_cpuid_leaf_t *l, u32 *hidden)
{
	struct cpuid_regs r = { l->a, l->b, l->c, l->d };
	long rc = 0;

	if (!policy_leaf_known(l->leaf, l->subleaf))
		rc = -ERANGE;
	else if (!(l->leaf & 0x7fffffff) && l->a > cpuid_guest(NULL, 0, l->leaf, 0).a)
		rc = -EINVAL; /* more leaves than there are */
	if (rc) {
		p->err_leaf = l->leaf;
		p->err_subleaf = l->subleaf;
		p->err_msr = ~0U;
		return rc;
	}
	for (unsigned int i = 0; i < CPUID_WORDS; i++)
		if (cpuid_words[i].leaf == l->leaf &&
		    (cpuid_words[i].sub == l->subleaf || l->subleaf == XEN_CPUID_NO_SUBLEAF))
			hidden[i] = ~*cpuid_word_of(&r, i);
	return 0;
}

DOMCTL(set_cpu_policy)
{
	struct xen_domctl_cpu_policy *p = &op->u.cpu_policy;
	u32 hidden[CPUID_WORDS];
	long rc;

	if (d == current->domain)
		return -EINVAL;
	if (p->nr_leaves > POLICY_MAX_LEAVES || p->nr_msrs > 1)
		return -E2BIG;
	memcpy(hidden, d->cpuid_hidden, sizeof(hidden));
	for (u32 i = 0; i < p->nr_leaves; i++) {
		xen_cpuid_leaf_t l;

		if (!arg_get_at(&l, arg_handle(p->leaves), i))
			return -EFAULT;
		rc = policy_take(p, &l, hidden);
		if (rc)
			return rc;
	}
	if (p->nr_msrs) {
		xen_msr_entry_t msr;

		if (!arg_get(&msr, arg_handle(p->msrs)))
			return -EFAULT;
		if (msr.idx != POLICY_MSR || msr.flags || msr.val) {
			p->err_leaf = p->err_subleaf = ~0U;
			p->err_msr = msr.idx;
			return msr.idx != POLICY_MSR ? -ERANGE : -EINVAL;
		}
	}
	memcpy(d->cpuid_hidden, hidden, sizeof(hidden));
	return 0;
}

/* The machine's own, or what a PV domain gets; there is nothing to say about HVM domains. */
SYSCTL(get_cpu_policy)
{
	struct xen_sysctl_cpu_policy *p = &op->u.cpu_policy;
	u32 index = p->index;

	if (p->_rsvd || index > XEN_SYSCTL_cpu_policy_hvm_default)
		return -EINVAL;
	if (index == XEN_SYSCTL_cpu_policy_hvm_max || index == XEN_SYSCTL_cpu_policy_hvm_default)
		return -EOPNOTSUPP;
	return policy_get(NULL, index <= XEN_SYSCTL_cpu_policy_host, arg_handle(p->leaves),
			  &p->nr_leaves, arg_handle(p->msrs), &p->nr_msrs);
}

u32 cpu_policy_word(bool host, u32 i)
{
	const struct cpuid_word *w = &cpuid_words[i];
	struct cpuid_regs r =
		host ? cpuid_host(w->leaf, w->sub) : cpuid_guest(NULL, 0, w->leaf, w->sub);

	/* Featuresets do not repeat leaf 1 as AMD's processors do. */
	return *cpuid_word_of(&r, i) & (i == CPUID_WORD_E1D ? ~CPUID_E1D_COMMON : ~0U);
}

SYSCTL(get_cpu_featureset)
{
	struct xen_sysctl_cpu_featureset *f = &op->u.cpu_featureset;
	u64 to = arg_handle(f->features);
	u32 n = MIN(f->nr_features, (u32)CPUID_WORDS);

	if (to && f->index > XEN_SYSCTL_cpu_featureset_hvm_max)
		return -EINVAL;
	if (to && (f->index == XEN_SYSCTL_cpu_featureset_hvm ||
		   f->index == XEN_SYSCTL_cpu_featureset_hvm_max))
		return -EOPNOTSUPP;
	for (u32 i = 0; to && i < n; i++) {
		u32 word = cpu_policy_word(f->index <= XEN_SYSCTL_cpu_featureset_host, i);

		if (!arg_put_at(to, i, &word))
			return -EFAULT;
	}
	if (to && n < CPUID_WORDS)
		return -ENOBUFS;
	f->nr_features = CPUID_WORDS;
	return 0;
}

/* No feature can be hidden by the processor itself: plain CPUID is not changed from guest to guest. */
SYSCTL(get_cpu_levelling_caps)
{
	op->u.cpu_levelling_caps.caps = 0;
	return 0;
}
