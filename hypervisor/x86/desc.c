/* SPDX-License-Identifier: MIT */
/*
 * Segment and interrupt descriptors (formats: Intel SDM volume 3, 3.4.5 and
 * 6.14), and the registers that point at them.
 */
#include "x86/desc.h"
#include "x86/features.h"
#include "x86/insn.h"
#include "x86/msr.h"
#include "x86/percpu.h"

#define GDT_RESERVED_PAGE 14
#define GDT_GUEST_PAGES	  14
#define GDT_LIMIT	  (SEL_LDT + 15)
#define LDT_FIRST_PAGE	  16
#define WINDOW_PAGES	  32

#define DESC_CODE64   0x00af9b000000ffffULL
#define DESC_DATA     0x00cf93000000ffffULL
#define DESC_CODE32_3 0x00cffb000000ffffULL
#define DESC_DATA_3   0x00cff3000000ffffULL
#define DESC_CODE64_3 0x00affb000000ffffULL
#define DESC_TSS      0x89 /* present, available 64-bit TSS */
#define DESC_LDT      0x82

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3      0x60

struct gate {
	u16 offset_lo, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_hi, reserved;
};

struct table_register {
	u16 limit;
	u64 base;
} __packed;

/* Shown where a guest has no descriptors: reading zeroes makes a selector fault as it should. */
static const u8 zero_page[PAGE_SIZE] __aligned(4096);
static struct gate idt[256] __aligned(4096);

static pte_t zero_pte(void)
{
	return pte_make(mfn(((u64)zero_page - IMAGE_START + IMAGE_PHYS) >> PAGE_SHIFT), PTE_HV_RO);
}

static struct cpu_block_data *block_data(u64 block)
{
	return (void *)(block + CPU_BLOCK_DATA);
}

const void *desc_idt(void)
{
	return idt;
}

/* The two words of a system descriptor (TSS, LDT). */
static void set_system(u64 *d, u64 base, u32 limit, u8 type)
{
	d[0] = (limit & 0xffff) | (base & 0xffffff) << 16 | (u64)type << 40 |
	       (u64)(limit & 0xf0000) << 32 | (base & 0xff000000) << 32;
	d[1] = base >> 32;
}

void desc_init_window(unsigned int cpu, mfn_t reserved, void *page)
{
	u64 block = cpu_block_of(cpu), *gdt = page;
	pte_t *l1 = block_data(block)->window;

#define SLOT(sel) ((((sel)&0xfff8) - GDT_RESERVED_PAGE * PAGE_SIZE) / 8)
	gdt[SLOT(SEL_HV_CS)] = DESC_CODE64;
	gdt[SLOT(SEL_HV_DS)] = DESC_DATA;
	gdt[SLOT(SEL_GUEST_CS32)] = DESC_CODE32_3;
	gdt[SLOT(SEL_GUEST_DS)] = DESC_DATA_3;
	gdt[SLOT(SEL_GUEST_CS)] = DESC_CODE64_3;
	set_system(&gdt[SLOT(SEL_TSS)], block + CPU_BLOCK_DATA, sizeof(struct tss) - 1, DESC_TSS);
#undef SLOT
	for (unsigned int i = 0; i < WINDOW_PAGES; i++)
		l1[i] = zero_pte();
	l1[GDT_RESERVED_PAGE] = pte_make(reserved, PTE_HV_RW);
}

void desc_init_idt(void)
{
	for (unsigned int v = 0; v < 256; v++) {
		u64 stub = entry_idt_stubs[v];

		idt[v] = (struct gate){
			.offset_lo = stub,
			.selector = SEL_HV_CS,
			.type = GATE_INTERRUPT,
			.offset_mid = stub >> 16,
			.offset_hi = stub >> 32,
		};
	}
	idt[1].ist = IST_DB;
	idt[2].ist = IST_NMI;
	idt[8].ist = IST_DF;
	idt[18].ist = IST_MCE;
	/* What a guest may raise by an instruction of its own: int3, into, int $0x80. */
	idt[3].type |= GATE_DPL3;
	idt[4].type |= GATE_DPL3;
	idt[0x80].type |= GATE_DPL3;
}

static void load_segments(void)
{
	asm volatile("pushq %[cs]\n\t"
		     "lea 1f(%%rip), %%rax\n\t"
		     "push %%rax\n\t"
		     "lretq\n"
		     "1: mov %[null], %%ds\n\t"
		     "mov %[null], %%es\n\t"
		     "mov %[null], %%fs\n\t"
		     "mov %[null], %%gs\n\t"
		     "mov %[null], %%ss\n\t"
		     :
		     : [cs] "i"(SEL_HV_CS), [null] "r"(0)
		     : "rax", "memory");
}

static void init_syscall(u64 block)
{
	insn_wrmsr(MSR_STAR, (u64)SEL_GUEST_CS_BASE32 << 48 | (u64)SEL_HV_CS << 32);
	insn_wrmsr(MSR_LSTAR, block + CPU_BLOCK_STUB);
	insn_wrmsr(MSR_CSTAR, block + CPU_BLOCK_STUB + (entry_stub_cstar - entry_stub_lstar));
	insn_wrmsr(MSR_SYSCALL_MASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT |
					     RFLAGS_RF | RFLAGS_VM | RFLAGS_AC | RFLAGS_VIF |
					     RFLAGS_VIP);
	if (cpu_features.amd)
		return;
	/* AMD processors refuse SYSENTER in long mode, others use it from 32-bit code. */
	insn_wrmsr(MSR_SYSENTER_CS, SEL_HV_CS);
	insn_wrmsr(MSR_SYSENTER_ESP, block_data(block)->stack_top);
	insn_wrmsr(MSR_SYSENTER_EIP,
		   block + CPU_BLOCK_STUB + (entry_stub_sysenter - entry_stub_lstar));
}

void desc_init_cpu(unsigned int cpu)
{
	u64 block = cpu_block_of(cpu);
	struct table_register gdtr = { GDT_LIMIT, block + CPU_BLOCK_GDT };
	struct table_register idtr = { sizeof(idt) - 1, block + CPU_BLOCK_IDT };

	asm volatile("lgdt %0" ::"m"(gdtr));
	load_segments();
	asm volatile("lidt %0" ::"m"(idtr));
	asm volatile("lldt %w0" ::"r"(0));
	asm volatile("ltr %w0" ::"r"(SEL_TSS));
	init_syscall(block);
}

/* Show @n frames from entry @first of this CPU's window on, zeroes up to @pages. */
static void fill_window(unsigned int first, unsigned int pages, const mfn_t *frames, unsigned int n)
{
	pte_t *l1 = block_data(cpu_block())->window + first;

	for (unsigned int i = 0; i < pages; i++) {
		pte_t e = i < n ? pte_make(frames[i], PTE_HV_RW) : zero_pte();

		if (l1[i].v == e.v)
			continue;
		l1[i] = e;
		insn_invlpg(cpu_block() + CPU_BLOCK_GDT + ((u64)(first + i) << PAGE_SHIFT));
	}
}

void desc_load_gdt(const mfn_t *frames, unsigned int n)
{
	fill_window(0, GDT_GUEST_PAGES, frames, n);
}

void desc_load_ldt(const mfn_t *frames, unsigned int nr_entries)
{
	u64 *slot = (u64 *)(cpu_block() + CPU_BLOCK_GDT + (SEL_LDT & 0xfff8));

	fill_window(LDT_FIRST_PAGE, 16, frames, DIV_ROUND_UP(nr_entries, 512));
	if (nr_entries)
		set_system(slot, cpu_block() + CPU_BLOCK_LDT, nr_entries * 8 - 1, DESC_LDT);
	asm volatile("lldt %w0" ::"r"(nr_entries ? SEL_LDT : 0) : "memory");
}
