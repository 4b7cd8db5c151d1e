/* SPDX-License-Identifier: MIT */
/*
 * Memory for one CPU: its copy of the per-CPU data and its block
 * (x86/percpu.h, x86/layout.h).
 */
#include "x86/percpu.h"
#include "abi/error.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "lib/string.h"
#include "x86/desc.h"

#define RW (PTE_PRESENT | PTE_RW | PTE_NX | PTE_ACCESSED | PTE_DIRTY)
#define RX (PTE_PRESENT | PTE_ACCESSED)

extern char percpu_start[], percpu_end[];

u64 percpu_delta[MAX_CPUS] __read_mostly;

static void unmap_block(u64 block)
{
	for (u64 at = 0; at < CPU_BLOCK_SIZE; at += PAGE_SIZE) {
		pte_t *e = hostmap_pte(block + at);
		mfn_t m;

		if (!e || !pte_present(*e))
			continue;
		m = pte_mfn(*e);
		hostmap_unmap(block + at, 1);
		alloc_free_frames(m, 0);
	}
}

static int map_block(u64 block)
{
	for (u64 at = 0; at < CPU_BLOCK_SIZE; at += PAGE_SIZE) {
		void *page;

		if (at == CPU_BLOCK_GUARD)
			continue;
		page = alloc_page();
		if (!page)
			goto undo_map;
		if (at == CPU_BLOCK_STUB)
			memcpy(page, entry_stub_lstar, entry_stub_end - entry_stub_lstar);
		if (hostmap_map(block + at, virt_to_mfn(page), 1, at == CPU_BLOCK_STUB ? RX : RW)) {
			alloc_free_page(page);
			goto undo_map;
		}
	}
	return 0;

undo_map:
	unmap_block(block);
	return -ENOMEM;
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
	data->entry_lstar = (u64)entry_syscall;
	data->entry_cstar = (u64)entry_syscall32;
	data->entry_sysenter = (u64)entry_sysenter;
}

int percpu_init_cpu(unsigned int cpu)
{
	u64 block = CPU_BLOCKS_START + ((u64)cpu << CPU_BLOCK_SHIFT);
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
	return 0;
}
