/* SPDX-License-Identifier: MIT */
/*
 * Claim: a call that stops half way goes on with what it was given, whatever that was (XSA-111, 296, 454).
 * Attack: calls that restart many times under a clock, by themselves and in a batch, with garbage above
 *   their 32-bit arguments; rounds that never were; contexts whose every field is absurd.
 * Defence: arguments are cut to their width at each entry; a round's progress is checked like any number.
 * SMP: 2
 *
 * Proves: XSA-296
 * Proves: XSA-454
 * Proves: vcpu_op.VCPUOP_initialise ok refused
 * Proves: memory_op.XENMEM_populate_physmap ok refused
 * Proves: memory_op.XENMEM_decrease_reservation ok refused
 */
#include "guest.h"

#define L1S	  32
#define ENTRIES	  512
#define GARBAGE	  0xdeadbeef00000000UL
#define MEMOP_CMD 6 /* bits of the operation; above it are extents done */

static u64 *l1s[L1S], *l2, *l3, *l4, data;

/* A tree of full tables; the last entry of its last table is @last. */
static void build(u64 last)
{
	for (unsigned int j = 0; j < ENTRIES; j++) {
		for (unsigned int i = 0; i < L1S; i++)
			l1s[i][j] = pte_of(data, PTE_P | PTE_RW | PTE_US);
		l2[j] = pte_of(virt_to_mfn(l1s[j * L1S / ENTRIES]), PTE_P | PTE_RW | PTE_US);
		l3[j] = pte_of(virt_to_mfn(l2), PTE_P | PTE_RW | PTE_US);
		l4[j] = j >= 256 && j < 272 ? 0 : pte_of(virt_to_mfn(l3), PTE_P | PTE_RW | PTE_US);
	}
	l1s[L1S - 1][ENTRIES - 1] = last;
}

static void all(long (*fn)(const void *page))
{
	for (unsigned int i = 0; i < L1S; i++)
		fn(l1s[i]);
	fn(l2);
	fn(l3);
	fn(l4);
}

static vcpu_guest_context_t context;

static void reset_context(void)
{
	memset(&context, 0, sizeof(context));
	context.flags = VGCF_in_kernel;
	context.user_regs.cs = FLAT_KERNEL_CS;
	context.user_regs.ss = context.kernel_ss = FLAT_KERNEL_SS;
	context.user_regs.rflags = 0x200;
	context.ctrlreg[3] = xen_pfn_to_cr3(virt_to_mfn(l4));
}

static long initialise(u64 vcpu, const void *c)
{
	return hypercall3(__HYPERVISOR_vcpu_op, GARBAGE | VCPUOP_initialise, GARBAGE | vcpu, c);
}

static void contexts(void)
{
	static const u64 ids[] = { 2, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff };
	multicall_entry_t call = { .op = __HYPERVISOR_vcpu_op,
				   .args = { VCPUOP_initialise, 1, PTR(&context) } };
	unsigned int before, refused = 0, n = 0;
	u8 *bytes = (u8 *)&context;
	bool open;

	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		refused += initialise(ids[i], &context) < 0;
	check_is(refused, sizeof(ids) / sizeof(*ids), "vCPUs that there are not");
	check_is(initialise(1, (void *)HYPERVISOR_VIRT_START), -GUEST_EFAULT,
		 "a context in the hypervisor");
	/* All ones. */
	memset(&context, 0xff, sizeof(context));
	check(initialise(1, &context) < 0, "all of it absurd");
	refused = 0;
	for (u64 at = offsetof(vcpu_guest_context_t, ldt_base); at < sizeof(context); at += 8, n++) {
		reset_context();
		context.ctrlreg[3] = GARBAGE;
		memset(bytes + at, 0xff, sizeof(context) - at < 8 ? sizeof(context) - at : 8);
		refused += initialise(1, &context) < 0;
	}
	check_is(refused, n, "each field of it, and a root that is none");

	build(pte_of(0xffffffff, PTE_P | PTE_RW | PTE_US));
	all(set_readonly);
	reset_context();
	before = ticks;
	check(initialise(1, &context) < 0, "a root whose last entry is bad");
	check(ticks > before, "others had their turn meanwhile");
	check_is(hypercall2(__HYPERVISOR_multicall, &call, 1), 0, "the same in a batch");
	check((long)call.result < 0, "is refused");
	all(set_writable);
	open = try_write(l1s[0], 0) && try_write(l2, 0) && try_write(l4, 0);
	check(open || !on_lamina(), "nothing of it stuck");
	if (!open) /* on Xen the vCPU keeps what it has of it */
		return;
	build(0);
	all(set_readonly);
	call.args[0] |= GARBAGE;
	call.args[1] |= GARBAGE;
	before = ticks;
	check_is(hypercall2(__HYPERVISOR_multicall, &call, 1), 0, "a good one, in a batch");
	check_is((long)call.result, 0, "is taken");
	check(ticks > before, "others had their turn meanwhile");
	check_is(initialise(1, &context), -GUEST_EEXIST, "but once");
	check(set_writable(l1s[5]) < 0, "its tables are tables");
}

static void rounds(void)
{
	static const u64 done[] = { 1, 8, 0xffff, 1UL << 31, 1UL << 32, ~0UL >> MEMOP_CMD };
	static xen_pfn_t frames[8];
	struct xen_memory_reservation r = { .nr_extents = 8, .domid = DOMID_SELF };
	unsigned int good = 0, n = 0;

	set_xen_guest_handle(r.extent_start, frames);
	for (u64 op = XENMEM_increase_reservation; op <= XENMEM_populate_physmap; op++)
		for (unsigned int i = 0; i < sizeof(done) / sizeof(*done); i++) {
			long rc;

			if (op != XENMEM_increase_reservation &&
			    op != XENMEM_decrease_reservation && op != XENMEM_populate_physmap)
				continue;
			for (unsigned int j = 0; j < 8; j++)
				frames[j] = ~0UL >> 20;
			rc = hypercall2(__HYPERVISOR_memory_op, op | done[i] << MEMOP_CMD, &r);
			/* No more than is left; what is beyond the list is not done. */
			good += rc >= 0 && ((u64)rc == done[i] || rc <= 8 || !on_lamina());
			n++;
		}
	check_is(good, n, "memory_op: rounds that never were");
}

void proof(void)
{
	for (unsigned int i = 0; i < L1S; i++)
		l1s[i] = page_alloc();
	l2 = page_alloc();
	l3 = page_alloc();
	l4 = page_alloc();
	data = virt_to_mfn(page_alloc());
	ticks_start(20000);
	contexts();
	rounds();
	say("# %u ticks\n", ticks);
}
