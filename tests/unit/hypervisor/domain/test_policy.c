/* SPDX-License-Identifier: MIT */
/*
 * The table of rights, compared with a second copy of it that was written from the
 * documents: every operation, by dom0 and by a guest, on itself, on the other, on nobody.
 * Proves: XSA-87
 */
#include "suite.h"

#include "x86/percpu.h"
#undef current
static struct vcpu *current;

#include "domain/policy.c"

static struct domain dom0 = { .id = 0, .privileged = true, .hardware = true };
static struct domain guest = { .id = 7 };
static struct domain other = { .id = 8 };
static int references;

struct domain *domain_get(u16 id)
{
	struct domain *all[] = { &dom0, &guest, &other };

	for (unsigned int i = 0; i < 3; i++)
		if (all[i]->id == id) {
			references++;
			return all[i];
		}
	return NULL;
}

void domain_ref(struct domain *d)
{
	(void)d;
	references++;
}

void domain_put(struct domain *d)
{
	(void)d;
	references--;
}

/* May a guest do it to itself, to another domain, and without a target? dom0 may always. */
static const struct {
	bool itself, another, nobody;
} expected[NR_POLICY_OPS] = {
	[POLICY_OWN] = { true, true, true },
	[POLICY_CONTROL] = { false, false, false },
	[POLICY_HARDWARE] = { false, false, false },
	[POLICY_EVTCHN_ALLOC] = { true, false, false },
	[POLICY_EVTCHN_BIND] = { true, true, true },
	[POLICY_EVTCHN_STATUS] = { true, false, false },
	[POLICY_EVTCHN_RESET] = { true, false, false },
	[POLICY_REMOTE_SHUTDOWN] = { false, false, false },
	[POLICY_MAP_FOREIGN] = { true, false, false },
	[POLICY_MEMORY] = { true, false, false },
	[POLICY_GRANT_SETUP] = { true, false, false },
	[POLICY_PIRQ] = { true, false, false },
};

START_TEST(the_table_is_what_the_documents_say)
{
	for (enum policy_op op = 0; op < NR_POLICY_OPS; op++) {
		ck_assert_int_eq(policy_allows(&guest, &guest, op), expected[op].itself);
		ck_assert_int_eq(policy_allows(&guest, &dom0, op), expected[op].another);
		ck_assert_int_eq(policy_allows(&guest, &other, op), expected[op].another);
		ck_assert_int_eq(policy_allows(&guest, NULL, op), expected[op].nobody);
		ck_assert(policy_allows(&dom0, &dom0, op));
		ck_assert(policy_allows(&dom0, &guest, op));
		ck_assert(policy_allows(&dom0, NULL, op));
	}
	ck_assert(!policy_allows(&dom0, &dom0, NR_POLICY_OPS));
	ck_assert(!policy_allows(&dom0, &dom0, (enum policy_op) ~0U));
}
END_TEST

START_TEST(a_target_is_found_or_refused_and_never_leaked)
{
	static const u16 ids[] = { 0,	      1,	 6,	 7,	     8,
				   9,	      0x7fef,	 0x7ff0, DOMID_SELF, DOMID_IO,
				   DOMID_XEN, DOMID_COW, 0x7fff, 0xffff };
	static struct vcpu v;
	struct domain *d;

	current = &v;
	for (enum policy_op op = 0; op < NR_POLICY_OPS; op++)
		for (unsigned int who = 0; who < 2; who++) {
			v.domain = who ? &dom0 : &guest;
			for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
				unsigned int id = ids[i];
				bool exists = id == 0 || id == 7 || id == 8 || id == DOMID_SELF;
				bool self = id == v.domain->id || id == DOMID_SELF;
				int rc = policy_target((u16)id, op, &d), want = -ESRCH;

				if (exists)
					want = who || (self ? expected[op].itself
							    : expected[op].another)
						       ? 0
						       : -EPERM;
				ck_assert_int_eq(rc, want);
				if (rc)
					continue;
				ck_assert(d->id == (self ? v.domain->id : id));
				domain_put(d);
			}
			ck_assert_int_eq(references, 0);
		}
}
END_TEST

UNIT_MAIN("domain/policy", the_table_is_what_the_documents_say,
	  a_target_is_found_or_refused_and_never_leaked)
