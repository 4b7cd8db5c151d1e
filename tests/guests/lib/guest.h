/* SPDX-License-Identifier: MIT */
/*
 * What a proof is written with.
 *
 * A proof is one .c file with a `void proof(void)`.  It says what it found with
 * check() and friends; each prints one TAP line.  A fault that nothing
 * expected fails the proof and ends it.  The same image runs on Lamina and, as
 * the oracle, on Debian's Xen.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "hypercall.h"

extern start_info_t *start_info;
extern shared_info_t *shared_info;

/* The proof itself, provided by each guest. */
void proof(void);

/* Text on the console. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One TAP result. */
void check(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* check() that @got is @want, with both values in the line. */
void check_is(long got, long want, const char *what);
/* End at once: the machine powers off. */
void finish(void) __attribute__((noreturn));

/* What a fault looked like; filled by try_*(). */
struct fault {
	bool taken;
	u32 vector, error;
	u64 rip, cr2;
};
extern struct fault fault;

/* The registers at a trap, as start.S pushes them. */
struct trap {
	u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u64 number, error;
	u64 rip, cs, rflags, rsp, ss;
};

/* A handler of one's own for a vector (256: event upcall, 257: system call); NULL restores the default. */
void trap_set(unsigned int number, void (*fn)(struct trap *t));

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

/* libc's, for the compiler. */
void *memset(void *p, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);

#endif
