/* SPDX-License-Identifier: MIT */
/*
 * Claim: an exchange gives as many frames as it takes, where the guest says, and writes nowhere else (XSA-29, XSA-212).
 * Attack: output arrays and counts that reach beyond the guest, orders and totals that do not fit.
 * Defence: every access is checked by itself; totals must agree.
 *         Room in the domain is kept for what was taken, whatever its limit is now.
 * Proves: memory_op.XENMEM_exchange ok refused, XSA-29, XSA-212
 */
#include "guest.h"

#define N 16

static xen_pfn_t in[N], out[N];

static struct xen_memory_exchange make(u64 nin, unsigned int oin, u64 nout, unsigned int oout)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = nin, .extent_order = oin, .domid = DOMID_SELF },
		.out = { .nr_extents = nout, .extent_order = oout, .domid = DOMID_SELF },
	};

	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	return x;
}

static long exchange(struct xen_memory_exchange *x)
{
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, x);
}

static long reservation(void)
{
	struct xen_memory_domain md = { .domid = DOMID_SELF };

	return hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &md);
}

/* Exchange is for who has more than he may have now, too; @pfn is of the first of @out's pages. */
static void below_the_limit(u64 pfn)
{
	struct xen_domctl op = { .u.max_mem.max_memkb = ((u64)reservation() - N) * 4 };
	struct xen_memory_exchange x;
	long frames = reservation();

	check_is(other_op(XEN_DOMCTL_max_mem, 0, &op), 0,
		 "a limit of sixteen pages less than there are");
	memcpy(in, out, sizeof(in));
	in[N - 1] = virt_to_mfn((void *)start_info->pt_base);
	out[0] = pfn;
	x = make(N, 0, 1, 4);
	check(exchange(&x) < 0, "fifteen pages and the live root");
	check_is(reservation(), frames, "the fifteen are there as before");
	in[N - 1] = out[N - 1];
	x = make(N, 0, 1, 4);
	check_is(exchange(&x), 0, "sixteen pages beyond the limit");
	check_is(reservation(), frames, "are sixteen pages after that");
}

void proof(void)
{
	const u64 *m2p = (const u64 *)HYPERVISOR_VIRT_START;
	struct xen_memory_exchange x;
	u64 *pages[N];
	bool right = true;
	u64 pfn0, base;

	for (int i = 0; i < N; i++) {
		pages[i] = page_alloc();
		in[i] = virt_to_mfn(pages[i]);
		update_va(pages[i], 0, UVMF_INVLPG);
	}
	pfn0 = m2p[in[0]];

	x = make(N, 0, 1, 40);
	check(exchange(&x) < 0, "order 40");
	x = make(N, 40, 1, 0);
	check(exchange(&x) < 0, "order 40 to give");
	x = make(N, 0, 2, 4);
	check(exchange(&x) == -GUEST_EINVAL, "totals that do not agree");
	x = make(~0ULL, 0, ~0ULL, 0);
	check(exchange(&x) < 0, "all there is");
	x = make(N, 0, 1, 4);
	x.nr_exchanged = N + 1;
	check(exchange(&x) < 0, "more done than there is to do");
	x = make(N, 0, 1, 4);
	x.out.domid = 9999;
	check(exchange(&x) < 0, "for no domain");
	x = make(1, 0, 1, 0);
	set_xen_guest_handle(x.out.extent_start, (xen_pfn_t *)0xffff830000000000);
	check(exchange(&x) < 0, "answers into the hypervisor");
	x = make(1ULL << 40, 0, 1ULL << 40, 0);
	x.nr_exchanged = (HYPERVISOR_VIRT_START - PTR(out)) / 8;
	check(exchange(&x) < 0, "answers far behind the array, in the hypervisor");

	for (int i = 0; i < N; i++)
		if (m2p[in[i]] != pfn0 + (u64)i) {
			/* A refused exchange may have cost the page named first. */
			x = make(1, 0, 1, 0);
			in[i] = 0;
		}
	if (!in[0]) {
		pages[0] = page_alloc();
		in[0] = virt_to_mfn(pages[0]);
		update_va(pages[0], 0, UVMF_INVLPG);
	}
	out[0] = pfn0;
	x = make(N, 0, 1, 4);
	x.out.mem_flags = XENMEMF_address_bits(30);
	check_is(exchange(&x), 0, "sixteen pages for sixteen in a row");
	check_is((long)x.nr_exchanged, N, "all done");
	base = out[0];
	check(base % 16 == 0 && base + 16 <= 1ULL << 18, "aligned, below 1 GiB");
	for (u64 i = 0; i < N; i++)
		right = right && m2p[base + i] == pfn0 + i;
	check(right, "the M2P knows them");
	check(update_va(pages[3], pte_of(base + 3, PTE_P | PTE_RW | PTE_US), UVMF_INVLPG) == 0 &&
		      try_write(pages[3], 5),
	      "they can be mapped");
	check(update_va(pages[4], pte_of(in[4], PTE_P | PTE_RW | PTE_US), 0) < 0,
	      "the old ones cannot");
	in[0] = base;
	for (u64 i = 0; i < N; i++)
		out[i] = pfn0 + i;
	x = make(1, 4, N, 0);
	check(exchange(&x) < 0, "not while one is mapped");
	update_va(pages[3], 0, UVMF_INVLPG);
	x = make(1, 4, N, 0);
	check_is(exchange(&x), 0, "and back again");
	check(m2p[out[5]] == pfn0 + 5, "the M2P knows");
	below_the_limit(pfn0);
	in[0] = 0x300;
	x = make(1, 0, 1, 0);
	check(exchange(&x) < 0, "another's frame");
	in[0] = virt_to_mfn((void *)start_info->pt_base);
	x = make(1, 0, 1, 0);
	check(exchange(&x) < 0, "the live root");
	check(exchange((void *)0xdead0000) == -GUEST_EFAULT, "arguments nowhere");
}
