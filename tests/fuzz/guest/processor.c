/* SPDX-License-Identifier: MIT */
/*
 * Exceptions, privileged instructions, returns, user mode.
 */
#include "fuzz.h"

extern u8 user_snippets[], user_snippets_end[];

#define SNIPPETS ((u32)((user_snippets_end - user_snippets) / SNIPPET_SIZE))

struct frame {
	u64 flags, rcx, r11, rax;
	u64 rip, cs, rflags, rsp, ss;
	u64 rdi, rsi, rdx, rbx;
};

/* HYPERVISOR_iret with a frame of ours; never comes back but by a trap. */
static void do_iret(void *arg)
{
	struct frame *f = arg;

	__asm__ volatile(
		"pushq %c[ss](%[f])\n\t"
		"pushq %c[rsp](%[f])\n\t"
		"pushq %c[rfl](%[f])\n\t"
		"pushq %c[cs](%[f])\n\t"
		"pushq %c[rip](%[f])\n\t"
		"pushq %c[flg](%[f])\n\t"
		"pushq %c[rcx](%[f])\n\t"
		"pushq %c[r11](%[f])\n\t"
		"pushq %c[rax](%[f])\n\t"
		"mov %c[rsi](%[f]), %%rsi\n\t"
		"mov %c[rdx](%[f]), %%rdx\n\t"
		"mov %c[rbx](%[f]), %%rbx\n\t"
		"mov %c[rdi](%[f]), %%rdi\n\t"
		/* Nothing of the kernel's to whoever runs next: its tables may map the kernel. */
		"xor %%ebp, %%ebp\n\t"
		"xor %%r8d, %%r8d\n\t"
		"xor %%r9d, %%r9d\n\t"
		"xor %%r10d, %%r10d\n\t"
		"mov %%rdx, %%r12\n\t"
		"xor %%r13d, %%r13d\n\t"
		"xor %%r14d, %%r14d\n\t"
		"xor %%r15d, %%r15d\n\t"
		"mov $23, %%eax\n\t"
		"syscall"
		:
		: [f] "D"(f), [ss] "i"(offsetof(struct frame, ss)),
		  [rsp] "i"(offsetof(struct frame, rsp)), [rfl] "i"(offsetof(struct frame, rflags)),
		  [cs] "i"(offsetof(struct frame, cs)), [rip] "i"(offsetof(struct frame, rip)),
		  [flg] "i"(offsetof(struct frame, flags)), [rcx] "i"(offsetof(struct frame, rcx)),
		  [r11] "i"(offsetof(struct frame, r11)), [rax] "i"(offsetof(struct frame, rax)),
		  [rsi] "i"(offsetof(struct frame, rsi)), [rdx] "i"(offsetof(struct frame, rdx)),
		  [rbx] "i"(offsetof(struct frame, rbx)), [rdi] "i"(offsetof(struct frame, rdi))
		: "memory");
	__builtin_unreachable();
}

static u64 random_flags(struct cpu *c)
{
	return one_in(c, 3) ? rnd(c)
			    : 0x202 | (one_in(c, 4) ? 0x100 : 0) | (one_in(c, 6) ? 0x40000 : 0);
}

/* To user mode: a snippet there, which ends by a trap of some kind; or anything. */
static void run_user(struct cpu *c)
{
	struct frame f = {
		.rip = USER_CODE + below(c, SNIPPETS) * SNIPPET_SIZE,
		.cs = FLAT_USER_CS,
		.rflags = random_flags(c),
		.rsp = USER_STACK - 8 * below(c, 64),
		.ss = FLAT_USER_SS,
		.flags = one_in(c, 3) ? VGCF_in_syscall : 0,
		.rax = one_in(c, 4) ? odd_word(c) : below(c, 256),
		.rdi = USER_FUZZ_VA + below(c, 32) * 4096,
		.rsi = one_in(c, 2) ? odd_word(c) : USER_FUZZ_VA + 8,
		.rdx = rnd(c),
		.rbx = odd_word(c),
		.rcx = rnd(c),
	};

	if (!c->user_root)
		return;
	if (one_in(c, 6))
		f.cs = FLAT_RING3_CS32;
	if (one_in(c, 20))
		f.rip = odd_word(c);
	if (one_in(c, 20))
		f.rsp = odd_word(c);
	if (one_in(c, 24))
		f.cs = rnd(c) | 3;
	if (one_in(c, 24))
		f.ss = rnd(c) & 0xffff;
	c->calls++;
	do_iret(&f);
}

/* Within the kernel: the stack must be good, the rest may be anything. */
static void run_kernel_iret(struct cpu *c)
{
	static u8 bait[] = { 0x0f, 0x0b };
	u64 here;
	struct frame f = {
		.rip = one_in(c, 2) ? PTR(bait) : odd_word(c),
		/* Never 32-bit code, where a fault finds half a stack pointer. */
		.cs = one_in(c, 4) ? FLAT_KERNEL_DS & ~3 : FLAT_KERNEL_CS & ~3,
		.rflags = random_flags(c),
		.ss = one_in(c, 4) ? rnd(c) & 0xffff : FLAT_KERNEL_SS,
		.rsp = (PTR(&here) - 1024) & ~15ULL,
	};

	if (f.rip != PTR(bait) && f.rip < HYPERVISOR_VIRT_START && f.rip >> 39 == WINDOW_SLOT)
		f.rip = 0;
	if (f.rip >= HYPERVISOR_VIRT_END)
		f.rip = 0xffff8000ffffffff;
	c->calls++;
	do_iret(&f);
}

static const u32 msrs[] = {
	0x10,	    0x1b,	0x8b,	    0xfe,	0x174,	    0x175,	0x176,
	0x17a,	    0x198,	0x19a,	    0x1a0,	0x1d9,	    0x200,	0x277,
	0x2ff,	    0x3a,	0x48,	    0x49,	0x6e0,	    0x802,	0x830,
	0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101,
	0xc0000102, 0xc0000103, 0xc0010015, 0xc0010117, 0x40000000,
};

static u32 msr_any(struct cpu *c)
{
	return one_in(c, 8) ? (u32)rnd(c) : msrs[below(c, sizeof(msrs) / sizeof(msrs[0]))];
}

/* Sensitive and privileged instructions; what the emulator leaves alone comes back as a fault. */
static void run_privileged(struct cpu *c)
{
	u64 v = one_in(c, 3) ? odd_word(c) : rnd(c), old;
	u32 lo = (u32)v, hi = (u32)(v >> 32), msr = msr_any(c);
	u16 port = one_in(c, 4) ? 0x80 : 0x20 + (one_in(c, 2) ? 0x20 : 0);
	struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) dt = { 0xffff, v };

	switch (below(c, 34)) {
	case 0: __asm__ volatile("mov %%cr0, %0" : "=r"(v)); break;
	case 1: __asm__ volatile("mov %0, %%cr0" ::"r"(v | 0x8005003b)); break;
	case 2: __asm__ volatile("mov %%cr2, %0" : "=r"(v)); break;
	case 3: __asm__ volatile("mov %0, %%cr2" ::"r"(v)); break;
	case 4: __asm__ volatile("mov %%cr3, %0" : "=r"(v)); break;
	case 5: __asm__ volatile("mov %%cr4, %0; mov %0, %%cr4" : "=r"(v)); break;
	case 6: __asm__ volatile("mov %0, %%cr4" ::"r"(v)); break;
	case 7: __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr)); break;
	case 8:
		__asm__ volatile("rdmsr; wrmsr" : "=a"(lo), "=d"(hi) : "c"(msr)); /* as it was */
		break;
	case 9:
		if (msr != 0xc0000101 && msr != 0xc0000100)
			__asm__ volatile("wrmsr" ::"a"(lo), "d"(hi), "c"(msr));
		break;
	case 10: __asm__ volatile("clts"); break;
	case 11: __asm__ volatile("wbinvd"); break;
	case 12: __asm__ volatile("invlpg (%0)" ::"r"(v)); break;
	case 13: __asm__ volatile("lgdt %0" ::"m"(dt)); break;
	case 14: __asm__ volatile("lidt %0" ::"m"(dt)); break;
	case 15: __asm__ volatile("ltr %w0" ::"r"(lo)); break;
	case 16: __asm__ volatile("lldt %w0" ::"r"(lo)); break;
	case 17: __asm__ volatile("sgdt %0" : "=m"(dt)); break;
	case 18: __asm__ volatile("cli; sti"); break;
	case 19: __asm__ volatile("inb %w1, %b0" : "=a"(lo) : "d"(port)); break;
	case 20: __asm__ volatile("outb %b0, %w1" ::"a"(lo), "d"(port)); break;
	case 21: __asm__ volatile("inl %w1, %0" : "=a"(lo) : "d"((u16)0xcf8)); break;
	case 22:
		lo &= 0x80ffff00 | 0xfc;
		__asm__ volatile("outl %0, %w1" ::"a"(lo), "d"((u16)0xcf8));
		__asm__ volatile("inl %w1, %0" : "=a"(lo) : "d"((u16)0xcfc));
		break;
	case 23:
		__asm__ volatile("ud2; .ascii \"xen\"; cpuid"
				 : "+a"(lo), "+c"(hi)
				 :
				 : "ebx", "edx");
		break;
	case 24: __asm__ volatile("cpuid" : "+a"(lo), "+c"(hi) : : "ebx", "edx"); break;
	case 25: __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0)); break;
	case 26: __asm__ volatile("xsetbv" ::"a"(lo), "d"(hi), "c"(0)); break;
	case 27: __asm__ volatile("mov %%dr7, %0" : "=r"(v)); break;
	case 28: __asm__ volatile("mov %0, %%dr0" ::"r"(window_va(c))); break;
	case 29: __asm__ volatile("swapgs"); break;
	case 30: __asm__ volatile("rdpmc" ::"c"(hi) : "eax", "edx"); break;
	case 31:
		__asm__ volatile("pushfq; pushq %0; popfq; nop; popfq" ::"r"(v & 0x3f7fd5)
				 : "cc", "memory");
		break;
	case 32: __asm__ volatile("smsw %0" : "=r"(old)); break;
	default: __asm__ volatile("insb" ::"D"(window_va(c)), "d"(port) : "memory");
	}
}

static void run_exception(struct cpu *c)
{
	u64 v = odd_word(c);

	switch (below(c, 16)) {
	case 0: __asm__ volatile("ud2"); break;
	case 1: __asm__ volatile("int3"); break;
	case 2: __asm__ volatile("int $0x80"); break;
	case 3: __asm__ volatile("int $0x20"); break;
	case 4: __asm__ volatile("int $14"); break;
	case 5: __asm__ volatile("int $0x82"); break;
	case 6:
		__asm__ volatile("xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx" ::
					 : "eax", "ecx", "edx");
		break;
	case 7: (void)*(volatile u64 *)v; break;
	case 8:
		if (v < HYPERVISOR_VIRT_END)
			*(volatile u64 *)v = 1;
		break;
	case 9: __asm__ volatile("mov %0, %%ds" ::"r"((u32)v)); break;
	case 10: __asm__ volatile("mov %0, %%es" ::"r"((u32)v)); break;
	case 11: __asm__ volatile("mov %0, %%fs" ::"r"((u32)v)); break;
	case 12: __asm__ volatile("mov %0, %%gs" ::"r"((u32)v & 0xffff)); break;
	case 13: __asm__ volatile("fninit; fldpi"); break;
	case 14: __asm__ volatile("xorps %xmm0, %xmm0"); break;
	default:
		__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" ::: "cc", "memory");
	}
}

static void make_registers(struct cpu *c, struct call *k)
{
	switch (below(c, 8)) {
	case 0:
		k->nr = __HYPERVISOR_set_debugreg;
		k->a[0] = below(c, one_in(c, 8) ? 12 : 8);
		k->a[1] = k->a[0] < 4 ? window_va(c) : rnd(c) & (one_in(c, 2) ? 0xffff07ff : ~0ULL);
		/* Breakpoints are for where the guest's own code does not go. */
		if (k->a[0] < 4 && one_in(c, 10))
			k->a[1] = USER_CODE + below(c, SNIPPETS) * SNIPPET_SIZE;
		break;
	case 1:
		k->nr = __HYPERVISOR_get_debugreg;
		k->a[0] = below(c, 10);
		break;
	case 2:
	case 3:
		k->nr = __HYPERVISOR_set_segment_base;
		k->a[0] = below(c, one_in(c, 8) ? 8 : 4);
		k->a[1] = odd_word(c);
		break;
	case 4:
		k->nr = __HYPERVISOR_fpu_taskswitch;
		k->a[0] = below(c, 2);
		break;
	case 5:
		k->nr = __HYPERVISOR_stack_switch;
		k->a[0] = one_in(c, 4) ? odd_word(c) : FLAT_KERNEL_SS;
		k->a[1] = PTR(trap_stack[c->id + 1]) - 16 * below(c, 64);
		break;
	case 6:
		k->nr = __HYPERVISOR_vm_assist;
		k->a[0] = below(c, 3);
		k->a[1] = below(c, 8);
		break;
	default:
		k->nr = __HYPERVISOR_set_timer_op;
		k->a[0] = one_in(c, 3) ? odd_word(c) : now_ns() + below(c, 100000);
	}
}

const struct op ops_processor[] = {
	{ "user", 60, NULL, run_user },
	{ "kernel_iret", 20, NULL, run_kernel_iret },
	{ "privileged", 50, NULL, run_privileged },
	{ "exception", 40, NULL, run_exception },
	{ "registers", 40, make_registers, NULL },
	{ NULL, 0, NULL, NULL },
};
