/* SPDX-License-Identifier: MIT */
/*
 * Memory for one CPU: its copy of the per-CPU data and its block
 * (x86/percpu.h, x86/layout.h).
 */
#include "x86/percpu.h"
#include "abi/error.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "frame/xpti.h"
#include "lib/string.h"
#include "x86/desc.h"
#include "x86/speculation.h"

extern char percpu_start[], percpu_end[];

u64 percpu_delta[MAX_CPUS] __read_mostly;

/* A copy's jumps lead where the template's do. */
static void copy_stubs(u8 *page, u64 block)
{
	memcpy(page, entry_stub_lstar, entry_stub_end - entry_stub_lstar);
	for (unsigned int i = 0; i < ARRAY_SIZE(entry_stub_jumps); i++)
		*(u32 *)(page + entry_stub_jumps[i]) +=
			(u32)((u64)entry_stub_lstar - (block + CPU_BLOCK_STUB));
}

static int map_block(u64 block)
{
	u8 *pages = alloc_bytes(CPU_BLOCK_SIZE);
	mfn_t idt = maddr_to_mfn(hostmap_maddr(desc_idt()));

	if (!pages)
		return -ENOMEM;
	copy_stubs(pages + CPU_BLOCK_STUB, block);
	if (hostmap_map(block, virt_to_mfn(pages), CPU_BLOCK_SIZE >> PAGE_SHIFT, PTE_HV_RW) ||
	    hostmap_map(block + CPU_BLOCK_STUB, virt_to_mfn(pages + CPU_BLOCK_STUB), 1, PTE_HV_RX) ||
	    hostmap_map(block + CPU_BLOCK_IDT, idt, 1, PTE_HV_RO)) {
		hostmap_unmap(block, CPU_BLOCK_SIZE >> PAGE_SHIFT);
		alloc_free_bytes(pages);
		return -ENOMEM;
	}
	hostmap_unmap(block + CPU_BLOCK_GUARD, 1);
	return 0;
}

static void fill_block(u64 block, unsigned int cpu)
{
	struct cpu_block_data *data = (void *)(block + CPU_BLOCK_DATA);
	struct cpu_info *info = cpu_info_of(cpu);

	info->cpu = cpu;
	info->percpu_delta = percpu_delta[cpu];
	data->stack_top = (u64)(&info->guest_regs + 1);
	data->tss.rsp[0] = data->stack_top;
	data->tss.ist[IST_DF - 1] = block + CPU_BLOCK_IST_DF;
	data->tss.ist[IST_NMI - 1] = block + CPU_BLOCK_IST_NMI;
	data->tss.ist[IST_MCE - 1] = block + CPU_BLOCK_IST_MCE;
	data->tss.ist[IST_DB - 1] = block + CPU_BLOCK_IST_DB;
	data->tss.iomap_base = sizeof(struct tss); /* beyond the limit: no port is open */
	data->window = hostmap_pte(block + CPU_BLOCK_GDT);
}

int percpu_init_cpu(unsigned int cpu)
{
	u64 block = cpu_block_of(cpu);
	size_t size = percpu_end - percpu_start;
	void *copy = alloc_bytes(MAX(size, PAGE_SIZE)), *gdt = alloc_page();

	if (!copy || !gdt || map_block(block)) {
		alloc_free_bytes(copy);
		alloc_free_page(gdt);
		return -ENOMEM;
	}
	memcpy(copy, percpu_start, size);
	percpu_delta[cpu] = (u64)copy - (u64)percpu_start;
	fill_block(block, cpu);
	desc_init_window(cpu, virt_to_mfn(gdt), gdt);
	return speculation.measures & SPEC_XPTI ? xpti_init_cpu(cpu) : 0;
}
