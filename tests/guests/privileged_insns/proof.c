/* SPDX-License-Identifier: MIT */
/*
 * Claim: a privileged instruction in a guest's kernel is done on its behalf or is its #GP.
 * Attack: each of them, once.
 * Defence: the decoder knows what it may do; the machine does not notice.
 */
#include "guest.h"

static struct table_register {
	u16 limit;
	u64 base;
} __attribute__((packed)) table_register __attribute__((used)) = { 0xfff, 0x1000 };

#define INSN(name, text)                                                        \
	static void name(void *arg)                                             \
	{                                                                       \
		(void)arg;                                                      \
		__asm__ volatile(text ::: "rax", "rcx", "rdx", "memory", "cc"); \
	}

INSN(cli, "cli")
INSN(sti, "sti")
INSN(lgdt, "lgdt table_register(%%rip)")
INSN(lidt, "lidt table_register(%%rip)")
INSN(lldt, "xor %%eax, %%eax; lldt %%ax")
INSN(ltr, "mov $0xe040, %%eax; ltr %%ax")
INSN(write_cr0, "mov %%cr0, %%rax; and $~1, %%eax; mov %%rax, %%cr0")
INSN(paging_off, "mov %%cr0, %%rax; btr $31, %%rax; mov %%rax, %%cr0")
INSN(cache_off, "mov %%cr0, %%rax; bts $30, %%rax; mov %%rax, %%cr0")
INSN(write_cr3, "xor %%eax, %%eax; mov %%rax, %%cr3")
INSN(write_cr8, "mov $15, %%eax; mov %%rax, %%cr8")
INSN(clts, "clts")
INSN(wbinvd, "wbinvd")
INSN(invlpg, "invlpg (%%rsp)")
INSN(sysret, "mov %%rsp, %%rcx; sysretq")
INSN(swapgs, "swapgs")
INSN(vmcall, ".byte 0x0f, 0x01, 0xc1")
INSN(monitor, "mov %%rsp, %%rax; .byte 0x0f, 0x01, 0xc8")
INSN(rdpmc, "xor %%ecx, %%ecx; rdpmc")
INSN(xsetbv, "xor %%ecx, %%ecx; xor %%edx, %%edx; xor %%eax, %%eax; xsetbv")
INSN(long_insn,
     ".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0xf4")

static bool refused(void (*fn)(void *))
{
	return !try_call(fn, NULL) && (fault.vector == 13 || fault.vector == 6);
}

static u64 cr0(void)
{
	u64 v;

	__asm__ volatile("mov %%cr0, %0" : "=r"(v));
	return v;
}

static u64 cr3(void)
{
	u64 v;

	__asm__ volatile("mov %%cr3, %0" : "=r"(v));
	return v;
}

static u64 cr4(void)
{
	u64 v;

	__asm__ volatile("mov %%cr4, %0" : "=r"(v));
	return v;
}

static void set_cr4(void *arg)
{
	__asm__ volatile("mov %0, %%cr4" ::"r"(*(u64 *)arg));
}

void proof(void)
{
	u64 value = cr0(), all = ~0ULL;

	check(value >> 31 && value & 1, "cr0 can be read: %lx", value);
	check(cr3() >> 12 == virt_to_mfn((void *)start_info->pt_base), "cr3 is the guest's root");
	check(cr4() & 1 << 5, "cr4 can be read: %lx", cr4());
	(void)try_call(cli, NULL);
	(void)try_call(sti, NULL);
	check(refused(lgdt) && refused(lidt), "lgdt, lidt");
	check(refused(lldt) && refused(ltr), "lldt, ltr");
	(void)try_call(write_cr0, NULL);
	(void)try_call(paging_off, NULL);
	(void)try_call(cache_off, NULL);
	check((cr0() | 8) == (value | 8), "cr0 stays as it is");
	check(refused(write_cr3), "a root that is none");
	check(refused(write_cr8), "cr8");
	value = cr4();
	(void)try_call(set_cr4, &all);
	check(!(cr4() & (1 << 4 | 1 << 7 | 1 << 13 | 1 << 17 | 1 << 20)),
	      "no PSE, PGE, VMX, PCID or SMEP by cr4");
	(void)try_call(set_cr4, &value);
	check(try_call(clts, NULL) && !(cr0() & 8), "clts");
	check(try_call(wbinvd, NULL), "wbinvd");
	check(refused(sysret) && refused(swapgs), "sysret, swapgs");
	check(refused(vmcall) && refused(monitor) && refused(rdpmc), "vmcall, monitor, rdpmc");
	check(refused(xsetbv), "xsetbv of nothing");
	(void)try_call(invlpg, NULL);
	events_enable(true);
	check(refused(long_insn) || !fault.taken, "an instruction of sixteen bytes");
}
