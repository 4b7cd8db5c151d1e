/* SPDX-License-Identifier: MIT */
/*
 * The end: say why, show where, stop or restart.
 *
 * The backtrace is a scan of the stack for addresses within the text: frame
 * pointers would cost every function instructions, and a panic may come from
 * assembly that has none.  It can show a stale address, never miss a real one.
 */
#include "console/panic.h"
#include "console/symbols.h"
#include "x86/atomic.h"
#include "x86/insn.h"
#include "x86/percpu.h"

#define BACKTRACE_MAX 24
#define RESET_PORT    0xcf9 /* reset control register of PC chipsets */
#define KBD_COMMAND   0x64

static void (*stop_hook)(void);
static void (*reset_hook)(void);
static bool noreboot;
static u32 panicking; /* CPU + 1 that panics */

void panic_set_noreboot(bool stay)
{
	noreboot = stay;
}

bool panic_noreboot(void)
{
	return noreboot;
}

void panic_set_hooks(void (*stop)(void), void (*reset)(void))
{
	stop_hook = stop;
	reset_hook = reset;
}

static void print_address(u64 addr)
{
	u64 offset;
	const char *name = symbols_find(addr, &offset);

	if (name)
		log_err("  %016lx %s+%#lx\n", addr, name, offset);
	else
		log_err("  %016lx\n", addr);
}

/* Print what looks like return addresses from @sp to the end of its stack. */
static void backtrace(u64 sp)
{
	/* The top of a block holds the guest's frame: its registers are not ours. */
	u64 block = sp & ~(CPU_BLOCK_SIZE - 1);
	u64 end = block + CPU_BLOCK_SIZE - sizeof(struct cpu_info);
	unsigned int shown = 0;

	if (sp < block + CPU_BLOCK_GUARD) /* an IST stack; the page above all of them is unmapped */
		end = block + CPU_BLOCK_GUARD;
	else if (sp < block + CPU_BLOCK_STACK) /* it ran over: the guard page is unmapped */
		sp = block + CPU_BLOCK_STACK;

	for (sp &= ~7UL; sp < end && shown < BACKTRACE_MAX; sp += 8) {
		u64 word = READ_ONCE(*(u64 *)sp);

		if (!symbols_in_text(word))
			continue;
		print_address(word);
		shown++;
	}
}

void panic_regs(const struct regs *r, unsigned int cpu)
{
	log_err("CPU %u vector %u error %#x  rip %04x:%016lx rflags %lx\n", cpu, r->vector,
		r->error_code, r->cs, r->rip, r->rflags);
	log_err("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", r->rax, r->rbx, r->rcx, r->rdx);
	log_err("rsi %016lx rdi %016lx rbp %016lx rsp %04x:%016lx\n", r->rsi, r->rdi, r->rbp, r->ss,
		r->rsp);
	log_err("r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", r->r8, r->r9, r->r10, r->r11);
	log_err("r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", r->r12, r->r13, r->r14, r->r15);
	if (cpu == this_cpu_id())
		log_err("cr0 %lx cr2 %016lx cr3 %lx cr4 %lx\n", insn_read_cr0(), insn_read_cr2(),
			insn_read_cr3(), insn_read_cr4());
	if (regs_from_guest(r))
		return;
	print_address(r->rip);
	/* Only a stack of that CPU is known to be mapped. */
	if ((r->rsp ^ (u64)cpu_info_of(cpu)) < CPU_BLOCK_SIZE)
		backtrace(r->rsp);
}

static void __noreturn end(void)
{
	if (!noreboot) {
		log_err("Rebooting.\n");
		if (reset_hook)
			reset_hook();
		insn_outb(RESET_PORT, 0x06);
		insn_outb(KBD_COMMAND, 0xfe);
	}
	insn_stop();
}

void panic(const char *fmt, ...)
{
	u32 free = 0;
	va_list ap;
	u64 sp;

	insn_cli();
	if (!atomic_cmpxchg(&panicking, &free, this_cpu_id() + 1)) {
		if (free == this_cpu_id() + 1)
			end(); /* a fault while we report one */
		insn_stop();
	}
	if (stop_hook)
		stop_hook();
	log_set_level(LOG_DEBUG);
	log_err("\n");
	log_err("PANIC on CPU %u: ", this_cpu_id());
	va_start(ap, fmt);
	log_vprint(LOG_ERR, false, fmt, ap);
	va_end(ap);
	log_err("\n");
	asm volatile("mov %%rsp, %0" : "=r"(sp));
	backtrace(sp);
	end();
}
