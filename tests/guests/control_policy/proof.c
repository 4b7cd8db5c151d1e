/* SPDX-License-Identifier: MIT */
/*
 * Claim: the tools read what processor a domain would see, and can take features away.
 * Attack: leaves that do not exist, too many, too few, from nowhere; features that the machine has not.
 * Defence: each leaf is checked before anything is changed, and an error names it.
 *
 * Proves: sysctl.XEN_SYSCTL_get_cpu_policy ok refused
 * Proves: sysctl.XEN_SYSCTL_get_cpu_featureset ok refused
 * Proves: domctl.XEN_DOMCTL_get_cpu_policy ok refused
 * Proves: domctl.XEN_DOMCTL_set_cpu_policy ok refused
 */
#include "guest.h"

#define NOWHERE ((void *)0xdead0000)
#define NONE	XEN_CPUID_NO_SUBLEAF

static xen_cpuid_leaf_t leaves[128];
static xen_msr_entry_t msrs[4];
static long d;

static xen_cpuid_leaf_t *find(u32 n, u32 leaf, u32 sub)
{
	for (u32 i = 0; i < n; i++)
		if (leaves[i].leaf == leaf && leaves[i].subleaf == sub)
			return &leaves[i];
	return NULL;
}

static long ask(u32 index, u32 room)
{
	struct xen_sysctl_cpu_policy *p = &sysctl_op.u.cpu_policy;

	memset(&sysctl_op, 0, sizeof(sysctl_op));
	memset(leaves, 0xaa, sizeof(leaves));
	p->index = index;
	p->nr_leaves = room;
	p->nr_msrs = 4;
	set_xen_guest_handle(p->leaves, leaves);
	set_xen_guest_handle(p->msrs, msrs);
	return sysctl(XEN_SYSCTL_get_cpu_policy);
}

static void of_the_machine(void)
{
	struct xen_sysctl_cpu_policy *p = &sysctl_op.u.cpu_policy;
	struct xen_sysctl_cpu_featureset *f = &sysctl_op.u.cpu_featureset;
	static u32 words[32];
	xen_cpuid_leaf_t *l;
	u32 host = 0;

	check(sysctl_zero(XEN_SYSCTL_get_cpu_policy) == 0 && p->nr_leaves >= 100 && p->nr_msrs,
	      "get_cpu_policy: room for %u leaves", p->nr_leaves);
	for (u32 i = XEN_SYSCTL_cpu_policy_raw; i <= XEN_SYSCTL_cpu_policy_pv_default; i++) {
		if (i == XEN_SYSCTL_cpu_policy_hvm_max)
			continue;
		check(ask(i, 128) == 0 && p->nr_leaves < 128, "get_cpu_policy %u: %u leaves", i,
		      p->nr_leaves);
		l = find(p->nr_leaves, 1, NONE);
		check(l && l->d >> 26 & 1, "it has SSE2");
		if (i == XEN_SYSCTL_cpu_policy_host)
			host = l ? l->d : 0;
		check(i < XEN_SYSCTL_cpu_policy_pv_max || !l || !(l->d & 8), "PSE is for no guest");
		check(find(p->nr_leaves, 0x80000008, NONE), "it has the last extended leaf");
		check(leaves[p->nr_leaves].leaf == 0xaaaaaaaa, "nothing behind the last");
	}
	check(host & 8, "the machine has PSE");
	check_is(ask(XEN_SYSCTL_cpu_policy_host, 2), -GUEST_ENOBUFS, "too little room");
	check_is(ask(XEN_SYSCTL_cpu_policy_hvm_default + 1, 128), -GUEST_EINVAL, "another policy");
	ask(XEN_SYSCTL_cpu_policy_host, 128);
	p->_rsvd = 1;
	check_is(sysctl(XEN_SYSCTL_get_cpu_policy), -GUEST_EINVAL, "a reserved field");
	p->_rsvd = 0;
	set_xen_guest_handle(p->leaves, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_get_cpu_policy), -GUEST_EFAULT, "to nowhere");

	check(sysctl_zero(XEN_SYSCTL_get_cpu_featureset) == 0 && f->nr_features >= 11,
	      "get_cpu_featureset: %u words", f->nr_features);
	f->index = XEN_SYSCTL_cpu_featureset_pv;
	f->nr_features = 32;
	set_xen_guest_handle(f->features, words);
	check(sysctl(XEN_SYSCTL_get_cpu_featureset) == 0 && words[0] >> 26 & 1 && !(words[0] & 8),
	      "the first word is leaf 1's");
	check(words[2] >> 29 & 1 && !(words[2] & 1), "the third does not repeat it");
	f->nr_features = 3;
	check_is(sysctl(XEN_SYSCTL_get_cpu_featureset), -GUEST_ENOBUFS, "room for three");
	f->index = XEN_SYSCTL_cpu_featureset_hvm_max + 1;
	check_is(sysctl(XEN_SYSCTL_get_cpu_featureset), -GUEST_EINVAL, "another featureset");
	f->index = 0;
	set_xen_guest_handle(f->features, NOWHERE);
	check_is(sysctl(XEN_SYSCTL_get_cpu_featureset), -GUEST_EFAULT, "to nowhere");
}

static long get(u32 room)
{
	struct xen_domctl_cpu_policy *p = &domctl_op.u.cpu_policy;

	memset(&domctl_op, 0, sizeof(domctl_op));
	p->nr_leaves = room;
	set_xen_guest_handle(p->leaves, leaves);
	return domctl(XEN_DOMCTL_get_cpu_policy, d);
}

static long set(u32 leaf, u32 sub, u32 a, u32 b, u32 c, u32 e)
{
	struct xen_domctl_cpu_policy *p = &domctl_op.u.cpu_policy;

	memset(&domctl_op, 0, sizeof(domctl_op));
	leaves[0] = (xen_cpuid_leaf_t){ leaf, sub, a, b, c, e };
	p->nr_leaves = 1;
	set_xen_guest_handle(p->leaves, leaves);
	return domctl(XEN_DOMCTL_set_cpu_policy, d);
}

static void of_a_domain(void)
{
	struct xen_domctl_cpu_policy *p = &domctl_op.u.cpu_policy;
	xen_cpuid_leaf_t *l, one;

	check(domctl_zero(XEN_DOMCTL_get_cpu_policy, d) == 0 && p->nr_leaves >= 100,
	      "a domain's: how many");
	check_is(get(2), -GUEST_ENOBUFS, "too little room");
	check(get(128) == 0 && p->nr_leaves < 100, "%u leaves", p->nr_leaves);
	l = find(p->nr_leaves, 1, NONE);
	check(l && l->d >> 26 & 1 && l->d >> 25 & 1, "it sees SSE and SSE2");
	one = l ? *l : (xen_cpuid_leaf_t){ 0 };

	/* All of it back, as the tools do. */
	p->nr_msrs = 0;
	check_is(domctl(XEN_DOMCTL_set_cpu_policy, d), 0, "the same again");
	check_is(set(1, NONE, one.a, one.b, one.c, one.d & ~(1U << 26)), 0, "without SSE2");
	get(128);
	l = find(p->nr_leaves, 1, NONE);
	check(l && !(l->d >> 26 & 1) && l->d >> 25 & 1, "it does not see it, but SSE");
	check_is(set(1, NONE, one.a, one.b, ~0U, ~0U), 0, "with all there is, and more");
	get(128);
	l = find(p->nr_leaves, 1, NONE);
	check(l && (l->d & one.d) == one.d && l->c >> 31 == one.c >> 31 && !(l->c >> 5 & 1),
	      "it sees what it saw first");

	check_is(set(0, NONE, 0x1000, 0, 0, 0), -GUEST_EINVAL, "more leaves than there are");
	check(p->err_leaf == 0 && p->err_subleaf == NONE && p->err_msr == ~0U, "the error says so");
	check_is(set(0x100, NONE, 0, 0, 0, 0), -GUEST_ERANGE, "a leaf that is not known");
	check(p->err_leaf == 0x100 && p->err_subleaf == NONE, "the error says so");
	check(set(7, 7, 0, 0, 0, 0) == -GUEST_ERANGE && p->err_leaf == 7 && p->err_subleaf == 7,
	      "a subleaf");
	check_is(set(7, NONE, 0, 0, 0, 0), -GUEST_ERANGE, "a leaf without its subleaf");
	check_is(set(1, 0, 0, 0, 0, 0), -GUEST_ERANGE, "a subleaf of a leaf without");
	check_is(set(0x80000022, NONE, 0, 0, 0, 0), -GUEST_ERANGE, "an extended leaf too far");
	p->nr_leaves = 1000;
	check_is(domctl(XEN_DOMCTL_set_cpu_policy, d), -GUEST_E2BIG, "a thousand leaves");
	p->nr_leaves = 1;
	set_xen_guest_handle(p->leaves, NOWHERE);
	check_is(domctl(XEN_DOMCTL_set_cpu_policy, d), -GUEST_EFAULT, "leaves from nowhere");
	check_is(domctl(XEN_DOMCTL_get_cpu_policy, d), -GUEST_EFAULT, "leaves to nowhere");
	p->nr_leaves = 0;
	p->nr_msrs = 1;
	set_xen_guest_handle(p->msrs, msrs);
	msrs[0] = (xen_msr_entry_t){ 0xce, 0, 0 };
	check_is(domctl(XEN_DOMCTL_set_cpu_policy, d), 0, "an MSR");
	msrs[0].flags = 1;
	check_is(domctl(XEN_DOMCTL_set_cpu_policy, d), -GUEST_EINVAL, "with a flag");
	msrs[0] = (xen_msr_entry_t){ 0xcf, 0, 0 };
	check(domctl(XEN_DOMCTL_set_cpu_policy, d) == -GUEST_ERANGE && p->err_msr == 0xcf,
	      "another MSR");
	get(128);
	l = find(p->nr_leaves, 1, NONE);
	check(l && (l->d & one.d) == one.d, "nothing has changed by that");
	check_is(domctl_zero(XEN_DOMCTL_set_cpu_policy, 0), -GUEST_EINVAL, "one's own");
	check_is(domctl_zero(XEN_DOMCTL_set_cpu_policy, 999), -GUEST_ESRCH, "of no domain");
	check_is(domctl_zero(XEN_DOMCTL_get_cpu_policy, 999), -GUEST_ESRCH, "of no domain");
}

void proof(void)
{
	d = control_create(1);
	check(d > 0, "a domain");
	of_the_machine();
	of_a_domain();
	check_is(control_destroy(d), 0, "it is destroyed");
}
