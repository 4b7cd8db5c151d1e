/* SPDX-License-Identifier: MIT */
/*
 * Start-up, traps and reports of a tiny guest.
 */
#include "guest.h"

#include <stdarg.h>

start_info_t *start_info;
shared_info_t *shared_info;
struct fault fault;
volatile unsigned int upcalls;

static unsigned int results, failures;
static void (*handlers[259])(struct trap *t);
static u64 recover_rip, recover_rsp, recover_rbp;

extern const u64 trap_entries[][2];
extern char guest_event_entry[], guest_failsafe_entry[], guest_syscall_entry[];

/* Some page that is there for shared_info to be mapped over. */
static char shared_window[4096] __attribute__((aligned(4096)));

void guest_main(start_info_t *si) __attribute__((noreturn));
void trap_handle(struct trap *t);

static char *put_number(char *p, u64 v, unsigned int base, bool negative)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (negative)
		*p++ = '-';
	while (n)
		*p++ = digits[--n];
	return p;
}

/* %s %d %u %x, each also with l and ll. */
static size_t format(char *buf, const char *fmt, va_list ap)
{
	char *p = buf;

	for (; *fmt; fmt++) {
		bool is_long = false;
		s64 v;

		if (*fmt != '%') {
			*p++ = *fmt;
			continue;
		}
		for (fmt++; *fmt == 'l' || *fmt == 'z'; fmt++)
			is_long = true;
		if (*fmt == 's') {
			for (const char *s = va_arg(ap, const char *); *s; s++)
				*p++ = *s;
		} else if (*fmt == 'd') {
			v = is_long ? va_arg(ap, long) : va_arg(ap, int);
			p = put_number(p, v < 0 ? -(u64)v : (u64)v, 10, v < 0);
		} else if (*fmt == 'u' || *fmt == 'x') {
			p = put_number(p, is_long ? va_arg(ap, u64) : va_arg(ap, u32),
				       *fmt == 'x' ? 16 : 10, false);
		} else {
			*p++ = *fmt;
		}
	}
	*p = 0;
	return (size_t)(p - buf);
}

void say(const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = format(buf, fmt, ap);
	va_end(ap);
	console_write(buf, n);
}

void check(bool good, const char *fmt, ...)
{
	char buf[400];
	va_list ap;

	va_start(ap, fmt);
	format(buf, fmt, ap);
	va_end(ap);
	failures += !good;
	say("%s %u - %s\n", good ? "ok" : "not ok", ++results, buf);
}

void check_is(long got, long want, const char *what)
{
	if (got == want)
		check(true, "%s: %ld", what, got);
	else
		check(false, "%s: %ld, not %ld", what, got, want);
}

void finish(void)
{
	struct sched_shutdown s = { .reason = SHUTDOWN_poweroff };

	say("1..%u\n", results);
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, PTR(&s));
	for (;;)
		;
}

bool on_lamina(void)
{
	char changeset[XEN_CHANGESET_INFO_LEN] = "";

	hypercall2(__HYPERVISOR_xen_version, XENVER_changeset, changeset);
	return changeset[0] == 'l' && changeset[1] == 'a' && changeset[2] == 'm';
}

void trap_set(unsigned int number, void (*fn)(struct trap *t))
{
	handlers[number] = fn;
}

void trap_handle(struct trap *t)
{
	u64 cr2 = shared_info->vcpu_info[0].arch.cr2;

	if (handlers[t->number]) {
		handlers[t->number](t);
		return;
	}
	if (t->number == TRAP_EVENT) {
		upcalls++;
		shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
		return;
	}
	fault = (struct fault){ true, (u32)t->number, (u32)t->error, t->rip, cr2, (t->cs & 3) == 3,
				*t };
	if (recover_rip) {
		t->cs = FLAT_KERNEL_CS & ~3;
		t->ss = FLAT_KERNEL_SS;
		t->rflags &= ~0x40100ULL; /* AC, TF */
		t->rip = recover_rip;
		t->rsp = recover_rsp;
		t->rbp = recover_rbp;
		recover_rip = 0;
		return;
	}
	check(false, "unexpected trap %lu, error %lx, rip %lx, cr2 %lx", t->number, t->error,
	      t->rip, cr2);
	finish();
}

/*
 * Run @fn with a way back.  The recovery point is the label behind the call; everything the compiler
 * may hold in registers is declared lost there.
 */
__attribute__((noinline)) bool try_call(void (*fn)(void *arg), void *arg)
{
	bool ok;

	fault.taken = false;
	__asm__ volatile(
		"lea 1f(%%rip), %%rax\n\t"
		"mov %%rax, %[rip]\n\t"
		"mov %%rsp, %[rsp]\n\t"
		"mov %%rbp, %[rbp]\n\t"
		"call *%[fn]\n\t"
		"movb $1, %%al\n\t"
		"jmp 2f\n"
		"1:\n\t"
		"movb $0, %%al\n"
		"2:\n\t"
		: "=&a"(ok), [rip] "=m"(recover_rip), [rsp] "=m"(recover_rsp), [rbp] "=m"(recover_rbp),
		  "+D"(arg)
		: [fn] "r"(fn)
		: "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
		  "memory", "cc");
	recover_rip = 0;
	return ok;
}

struct access {
	volatile u64 *p;
	u64 value;
};

static void do_read(void *arg)
{
	struct access *a = arg;

	a->value = *a->p;
}

static void do_write(void *arg)
{
	struct access *a = arg;

	*a->p = a->value;
}

bool try_read(const volatile void *p, u64 *value)
{
	struct access a = { (volatile u64 *)(uintptr_t)p, 0 };
	bool ok = try_call(do_read, &a);

	if (value)
		*value = a.value;
	return ok;
}

bool try_write(volatile void *p, u64 value)
{
	struct access a = { p, value };

	return try_call(do_write, &a);
}

static void set_traps(void)
{
	static struct trap_info table[32];
	unsigned int n = 0;

	for (; trap_entries[n][1]; n++) {
		table[n].vector = (u8)trap_entries[n][0];
		table[n].flags = trap_entries[n][0] == 3 || trap_entries[n][0] == 128 ? 3 : 0;
		table[n].cs = FLAT_KERNEL_CS;
		table[n].address = trap_entries[n][1];
	}
	hypercall1(__HYPERVISOR_set_trap_table, table);
	hypercall3(__HYPERVISOR_set_callbacks, guest_event_entry, guest_failsafe_entry,
		   guest_syscall_entry);
}

void guest_init(start_info_t *si)
{
	start_info = si;
	set_traps();
	if (update_va(shared_window, si->shared_info | PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D,
		      UVMF_INVLPG)) {
		say("not ok 1 - mapping shared_info\n");
		finish();
	}
	shared_info = (shared_info_t *)shared_window;
}

void guest_main(start_info_t *si)
{
	guest_init(si);
	if (!(si->flags & SIF_PRIVILEGED))
		console_wait_key();
	proof();
	finish();
}

void *memset(void *p, int c, size_t n)
{
	for (u8 *b = p; n--;)
		*b++ = (u8)c;
	return p;
}

void *memcpy(void *d, const void *s, size_t n)
{
	u8 *to = d;

	for (const u8 *from = s; n--;)
		*to++ = *from++;
	return d;
}
