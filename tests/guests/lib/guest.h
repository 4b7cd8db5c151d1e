/* SPDX-License-Identifier: MIT */
/*
 * What a proof is written with.
 *
 * A proof is one .c file with a `void proof(void)`.  It says what it found with
 * check() and friends; each prints one TAP line.  A fault that nothing
 * expected fails the proof and ends it.  The same image runs on Lamina and, as
 * the oracle, on Debian's Xen.
 */
#pragma once

#include "hypercall.h"

extern start_info_t *start_info;
extern shared_info_t *shared_info;

/* Traps and the shared page, for a copy of this guest (domu.c). */
void guest_init(start_info_t *si);

/* The proof itself, provided by each guest. */
void proof(void);

/* Whether this is Lamina: for the few places where it means to differ from Xen. */
bool on_lamina(void);

/* Text on the console. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, without a format (console.c). */
void console_write(const char *text, size_t n);
/* Of a guest that is not dom0: sleep until a key is pressed on its console. */
void console_wait_key(void);

/* One TAP result. */
void check(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* check() that @got is @want, with both values in the line. */
void check_is(long got, long want, const char *what);
/* End at once: the machine powers off. */
void finish(void) __attribute__((noreturn));

/* The registers at a trap, as start.S pushes them. */
struct trap {
	u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u64 number, error;
	u64 rip, cs, rflags, rsp, ss;
};

/* What a fault looked like; filled by try_*(). */
struct fault {
	bool taken;
	u32 vector, error;
	u64 rip, cr2;
	bool user; /* it came from user mode */
	struct trap regs;
};
extern struct fault fault;

/* Trap numbers beyond the vectors. */
#define TRAP_EVENT    256
#define TRAP_SYSCALL  257
#define TRAP_FAILSAFE 258

/* A handler of one's own for a trap number; NULL restores the default. */
void trap_set(unsigned int number, void (*fn)(struct trap *t));
/* Event upcalls that the default handler has seen. */
extern volatile unsigned int upcalls;

/* Accesses that may fault: each returns true if it did not. */
bool try_read(const volatile void *p, u64 *value);
bool try_write(volatile void *p, u64 value);
/* Run @fn(@arg); false if it faulted (its stack is unwound). */
bool try_call(void (*fn)(void *arg), void *arg);

/* Memory: page-aligned pages of the guest's own, zeroed, mapped writable. */
void *page_alloc(void);
u64 virt_to_mfn(const void *p);
u64 pfn_to_mfn(u64 pfn);
void *mfn_to_virt(u64 mfn); /* of the guest's own frames in the initial mapping */

/* Page tables. */
#define PTE_P	   0x1ULL
#define PTE_RW	   0x2ULL
#define PTE_US	   0x4ULL
#define PTE_A	   0x20ULL
#define PTE_D	   0x40ULL
#define PTE_PS	   0x80ULL
#define PTE_NX	   (1ULL << 63)
#define PTE_MFN(e) (((e)&0x000ffffffffff000ULL) >> 12)

u64 pte_of(u64 mfn, u64 flags);
/* The entry of @level (4..1) that translates @va in the live tables, as a pointer to read it, or NULL. */
volatile u64 *pte_at(u64 va, unsigned int level);
/* Machine address of that entry, for mmu_update. */
u64 pte_maddr(u64 va, unsigned int level);

long mmu_update(u64 ptr, u64 val);
long mmuext(unsigned int cmd, u64 mfn);
long update_va(const void *va, u64 val, u64 flags);
/* Make the mapping of one of our pages read-only or writable. */
long set_readonly(const void *page);
long set_writable(const void *page);

/* Events and time (event.c). */
long event_op(unsigned int cmd, void *arg);
/* Port of a channel of ours to ourselves, of which *@other is the far end; or -errno. */
long event_pair(u32 *other);
long event_send(u32 port);
long event_close(u32 port);
bool event_pending(u32 port);
void event_clear(u32 port);
void event_mask(u32 port, bool masked);
/* Let upcalls in, or not. */
void events_enable(bool on);
/* System time in nanoseconds, by the shared page and the time stamp counter. */
u64 now_ns(void);
/* Sleep until that time, by SCHEDOP_poll. */
void sleep_until(u64 ns);
/* Spin until *@flag is not @old, or @ms milliseconds are over: then false. */
bool wait_change(const volatile unsigned int *flag, unsigned int old, unsigned int ms);

/* User mode (user.c): an address space of its own with code at USER_CODE and a stack below USER_STACK. */
#define USER_CODE  0x400000UL
#define USER_STACK 0x402000UL
/* @code up to @end is copied there.  Returns the root's mfn. */
u64 user_build(const void *code, const void *end);
/* Run at USER_CODE until it traps; what it did is in `fault`. */
void user_run(void);

/* Grants, of this domain to itself (grant.c). */
long grant_op(unsigned int cmd, void *arg, unsigned int n);
/* Map the first frame of the table. */
bool grant_setup(void);
/* Entry @ref: @mfn, to domain 0, with @flags (GTF_*). */
void grant_give(u32 ref, u64 mfn, u16 flags);
u16 grant_flags(u32 ref);

/* The control calls (control.c): each runs on its structure as the caller filled it. */
extern struct xen_domctl domctl_op;
extern struct xen_sysctl sysctl_op;
long domctl(u32 cmd, u16 domid);
long domctl_zero(u32 cmd, u16 domid); /* with nothing in it */
long sysctl(u32 cmd);
long sysctl_zero(u32 cmd);
/* domctl_op as createdomain wants it, for an empty PV domain. */
void control_template(unsigned int vcpus);
/* Create such a domain: its id, or -errno.  Its vCPUs are not there yet. */
long control_create(unsigned int vcpus);
long control_destroy(u16 domid);

/* A second processor (smp.c). */
/* Run @fn, which never returns, on vCPU 1. */
long smp_start(void (*fn)(void));
/* The same on vCPU 1 to 3. */
long smp_start_on(unsigned int vcpu, void (*fn)(void));
/* Whether the trap is one of vCPU 1. */
bool smp_on_second(const struct trap *t);

/*
 * Domains that a proof makes as dom0 (domu.c): copies of this image, with fresh
 * data.  Each vCPU runs @fn with a page that both sides have, and its number;
 * events stay masked.  Made paused; 0 or -errno.
 */
#define DOMU_VCPUS 4
struct domu {
	u16 id;
	volatile u64 *shared; /* that page, here */
};
long domu_create(struct domu *u, unsigned int vcpus,
		 void (*fn)(volatile u64 *shared, unsigned int vcpu));
long domu_unpause(const struct domu *u);
long domu_destroy(struct domu *u);
u64 domu_cpu_time(const struct domu *u); /* ns */

/* Domains to be scheduled (actor.c). */
struct actor {
	u16 weight, cap;
	u32 work_us, sleep_us; /* in turns; sleep_us 0: it spins */
	bool yields;	       /* it spins and yields */
	unsigned int vcpus;    /* 0: one; the others spin */
	u64 ran;	       /* ns, by actors_run() */
	struct domu domu;
};
#define ACTOR_ROUNDS 0		    /* word of the shared page: how often it has slept */
bool actor_create(struct actor *a); /* and unpause */
long actor_set_weight(const struct actor *a);
/* Create @n and let them run for @ms; their `ran` and sleeps are of that time, which is returned in ns. */
u64 actors_run(struct actor *actors, unsigned int n, unsigned int ms);
/* How long a sleep took, us, the time it was told to included: so many of a thousand no longer. */
u64 actor_slept(const struct actor *a, unsigned int permille);
void actors_end(struct actor *actors, unsigned int n);

/* An event each @ns nanoseconds, in the midst of whatever is being done (ticks.c). */
void ticks_start(u64 ns);
void ticks_restart(void); /* after EVTCHNOP_reset */
/* From now on delivery is by FIFO, with these words of 1024 ports a page. */
void ticks_fifo(struct evtchn_fifo_control_block *block, event_word_t **pages);
u32 ticks_port(void);
void ticks_stop(void);
extern volatile unsigned int ticks;
extern void (*ticks_hook)(void); /* NULL, or called at each */

/* Other domains, made by the control domain (other.c); -errno. */
long other_op(u32 cmd, u16 domid, struct xen_domctl *op);
/* A domain of @vcpus that may have @max_kib; its id. */
long other_create(u32 vcpus, u64 max_kib);
/* Give it @n extents: guest frame numbers in, machine frame numbers out. How many it got. */
long other_populate(u16 id, xen_pfn_t *extents, u64 n, unsigned int order);
/* Map a frame of it at @window, a page of ours. */
long other_map(void *window, u64 mfn, bool write, u16 id);
/* MMUEXT_PIN_* and MMUEXT_UNPIN_TABLE of a table of it. */
long other_pin(u16 id, unsigned int cmd, u64 mfn);
long other_destroy(u16 id);

/* Random numbers, the same in each run; and such as break things (fuzz.c). */
u64 fuzz_random(void);
u64 fuzz_word(void);

/* libc's, for the compiler. */
void *memset(void *p, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);
