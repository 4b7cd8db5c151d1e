/* SPDX-License-Identifier: MIT */
/*
 * vCPUs: their stacks, their window, their user mode.
 */
#include "fuzz.h"

extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];
extern u8 user_snippets[], user_snippets_end[];

u8 run_stack[MAX_CPUS][32768] __attribute__((aligned(4096)));
u8 trap_stack[MAX_CPUS][16384] __attribute__((aligned(4096)));

/* Tables of the guest's own that stay as they are: window L2 and user mode's of each vCPU. */
static u8 tables[MAX_CPUS][7][4096] __attribute__((aligned(4096)));
static u8 window_l3[4096] __attribute__((aligned(4096)));

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A)

static u64 table_entry(const void *page)
{
	return pte_of(virt_to_mfn(page), TABLE_FLAGS);
}

static void must(long rc, const char *what)
{
	if (rc)
		complain(what);
}

static void prepare_window(struct cpu *c)
{
	if (!c->id) {
		must(set_readonly(window_l3), "window table");
		must(mmuext(MMUEXT_PIN_L3_TABLE, virt_to_mfn(window_l3)), "window table");
		must(mmu_update((root_mfn << 12) + WINDOW_SLOT * 8, table_entry(window_l3)),
		     "window slot");
	}
	must(set_readonly(tables[c->id][0]), "window table of a vCPU");
	c->l2_mfn = virt_to_mfn(tables[c->id][0]);
	c->l2_maddr = c->l2_mfn << 12;
	must(mmu_update((virt_to_mfn(window_l3) << 12) + c->id * 8, table_entry(tables[c->id][0])),
	     "window of a vCPU");
}

void cpu_prepare_user(struct cpu *c)
{
	u64 *l4 = (u64 *)tables[c->id][1], *l3 = (u64 *)tables[c->id][2];
	u64 *l2 = (u64 *)tables[c->id][3], *l1 = (u64 *)tables[c->id][4];
	u8 *text = tables[c->id][5], *stack = tables[c->id][6];

	prepare_window(c);
	memcpy(text, user_snippets, PTR(user_snippets_end) - PTR(user_snippets));
	l4[0] = table_entry(l3);
	l3[0] = table_entry(l2);
	l2[USER_CODE >> 21] = table_entry(l1);
	l1[0] = pte_of(virt_to_mfn(text), PLAIN_FLAGS & ~PTE_RW);
	l1[1] = pte_of(virt_to_mfn(stack), PLAIN_FLAGS);
	for (int i = 1; i < 5; i++)
		must(set_readonly(tables[c->id][i]), "user tables");
	c->user_root_mfn = virt_to_mfn(l4);
	c->user_l1_maddr = virt_to_mfn(l1) << 12;
	must(mmuext(MMUEXT_PIN_L4_TABLE, c->user_root_mfn), "user root");
}

static void enter(void)
{
	cpu_main(this_cpu_of(__builtin_frame_address(0)));
}

long cpu_start(struct cpu *c)
{
	static vcpu_guest_context_t x;
	long rc;

	memset(&x, 0, sizeof(x));
	x.flags = VGCF_in_kernel;
	x.user_regs.rip = PTR(enter);
	x.user_regs.rsp = PTR(run_stack[c->id + 1]) - 8;
	x.user_regs.cs = FLAT_KERNEL_CS & ~3;
	x.user_regs.ss = FLAT_KERNEL_SS;
	x.user_regs.rflags = 0x202;
	x.kernel_ss = FLAT_KERNEL_SS;
	x.kernel_sp = PTR(trap_stack[c->id + 1]);
	x.ctrlreg[3] = xen_pfn_to_cr3(root_mfn);
	x.event_callback_eip = PTR(guest_event_entry);
	x.failsafe_callback_eip = PTR(guest_failsafe_entry);
	x.syscall_callback_eip = PTR(guest_syscall_entry);
	for (unsigned int n = 0; trap_entries[n][1]; n++) {
		u64 vector = trap_entries[n][0];

		x.trap_ctxt[vector] = (trap_info_t){ .vector = (u8)vector,
						     .cs = FLAT_KERNEL_CS,
						     .flags = vector == 3 || vector == 128 ? 3 : 0,
						     .address = trap_entries[n][1] };
	}
	rc = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, c->id, &x);
	return rc ? rc : hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, c->id, 0);
}
