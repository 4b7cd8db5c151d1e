/* SPDX-License-Identifier: MIT */
/*
 * Claim: a user reaches no descriptors but those of its kernel's tables, within their limits.
 * Attack: with no LDT, one of its own making lies where a table with base 0 would be: call gates and a
 *	code segment, for far calls of 32-bit and 64-bit code (XSA-298); with one, an entry beyond its limit.
 * Defence: nothing that reads descriptors is emulated, and the processor has the guest's limit: #GP.
 * Proves: XSA-298
 */
#include "guest.h"
#include "user_code.h"

#define DATA_DPL3   0x00cff3000000ffffULL
#define CODE32_DPL3 0x00cffb000000ffffULL
#define CODE64_DPL3 0x00affb000000ffffULL
/* An LDT's selector, by a user. */
#define LOCAL(n) ((n) << 3 | 7)

#define TARGET 0x400800
/* The selector is in ebp, which is set before. */
#define BY_32 TO_32 "movl $0x400800, -8(%esp); mov %ebp, -4(%esp); mov $1, %ebx; lcall *-8(%esp)"
#define BY_64 "movl $0x400800, -8(%rsp); mov %ebp, -4(%rsp); mov $1, %ebx; lcall *-8(%rsp)"

PROGRAM(gate_32, "mov $0xf, %ebp;" BY_32);
PROGRAM(gate64_32, "mov $0x17, %ebp;" BY_32);
PROGRAM(segment_32, "mov $0x27, %ebp;" BY_32);
PROGRAM(gate_64, "mov $0xf, %ebp;" BY_64);
PROGRAM(gate64_64, "mov $0x17, %ebp;" BY_64);
PROGRAM(segment_64, "mov $0x2f, %ebp;" BY_64);
PROGRAM(load_es, "mov $0xf, %ebp; mov $1, %ebx; mov %ebp, %es; mov $2, %ebx; ud2");

static u8 *text;
static u64 *low;

static long set_ldt(const void *base, unsigned int entries)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };

	op.arg1.linear_addr = PTR(base);
	op.arg2.nr_ents = entries;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
}

/* A gate to @selector:TARGET, 8 bytes or the first 8 of 16. */
static u64 gate(u64 selector)
{
	return (TARGET & 0xffff) | selector << 16 | 0xecULL << 40 | (TARGET >> 16 & 0xffffULL) << 48;
}

static void build(void)
{
	u64 flags = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D, *table = page_alloc();
	const volatile u64 *l4 = mfn_to_virt(user_build(gate_32, gate_32_end));
	const volatile u64 *l3 = mfn_to_virt(PTE_MFN(l4[0]));
	const volatile u64 *l2 = mfn_to_virt(PTE_MFN(l3[0]));
	const volatile u64 *l1 = mfn_to_virt(PTE_MFN(l2[2]));

	text = mfn_to_virt(PTE_MFN(l1[0]));
	/* What must not be reached: 2 in ebx. */
	memcpy(text + (TARGET & 0xfff), "\xbb\x02\0\0\0\x0f\x0b", 7);
	low = page_alloc();
	low[1] = gate(FLAT_USER_CS32);
	low[2] = gate(FLAT_USER_CS);
	low[3] = 0;
	low[4] = CODE32_DPL3;
	low[5] = CODE64_DPL3;
	table[0] = pte_of(virt_to_mfn(low), flags);
	set_readonly(table);
	check_is(mmu_update(PTE_MFN(l3[0]) << 12, pte_of(virt_to_mfn(table), flags)), 0,
		 "a user's page at 0");
}

static void run(const char *code, const char *end)
{
	memcpy(text, code, PTR(end) - PTR(code));
	user_run();
}

static void refused(const char *code, const char *end, const char *what)
{
	run(code, end);
	check(fault.user && fault.vector == 13 && fault.error == (fault.regs.rbp & ~3ULL) &&
		      fault.regs.rbx == 1,
	      "%s: trap %u, error %x", what, fault.vector, fault.error);
}

#define REFUSED(name) refused(name, name##_end, #name)

static void attack(void)
{
	REFUSED(gate_32);
	REFUSED(gate64_32);
	REFUSED(segment_32);
	REFUSED(gate_64);
	REFUSED(gate64_64);
	REFUSED(segment_64);
}

void proof(void)
{
	u64 *ldt = page_alloc();

	build();
	say("# no LDT\n");
	attack();
	REFUSED(load_es);
	say("# one of one entry\n");
	ldt[1] = DATA_DPL3;
	check_is(set_readonly(ldt), 0, "a table");
	check_is(set_ldt(ldt, 1), 0, "of one entry");
	attack();
	REFUSED(load_es);
	check_is(set_ldt(ldt, 2), 0, "of two");
	run(load_es, load_es_end);
	check(fault.user && fault.vector == 6 && fault.regs.rbx == 2,
	      "shows its second to the user: trap %u", fault.vector);
	check_is(set_ldt(NULL, 0), 0, "none again");
	attack();
	REFUSED(load_es);
}
