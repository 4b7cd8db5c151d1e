/* SPDX-License-Identifier: MIT */
/*
 * Fixed-width integers and the address kinds.
 *
 * A machine frame number (mfn), a machine address (maddr) and an address of a
 * guest's (gaddr) are all 64-bit integers; mixing them is how page-table code
 * goes wrong.  Each is its own one-member struct, so the compiler refuses
 * the mixture and the generated code does not change.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

/* A machine frame: 4 KiB of real memory or MMIO. */
typedef struct {
	u64 v;
} mfn_t;

/* A machine (physical) address, in bytes. */
typedef struct {
	u64 v;
} maddr_t;

/* An address in a guest's linear address space; never dereferenced directly. */
typedef struct {
	u64 v;
} gaddr_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096UL
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define INVALID_MFN ((mfn_t){ ~0ULL })

static inline mfn_t mfn(u64 n)
{
	return (mfn_t){ n };
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
	return a.v == b.v;
}

static inline maddr_t maddr(u64 a)
{
	return (maddr_t){ a };
}

static inline mfn_t maddr_to_mfn(maddr_t a)
{
	return (mfn_t){ a.v >> PAGE_SHIFT };
}

static inline maddr_t mfn_to_maddr(mfn_t m)
{
	return (maddr_t){ m.v << PAGE_SHIFT };
}

static inline gaddr_t gaddr(u64 a)
{
	return (gaddr_t){ a };
}

#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(x, a)			(((x) + (a)-1) & ~((__typeof__(x))(a)-1))
#define ROUND_DOWN(x, a)		((x) & ~((__typeof__(x))(a)-1))
#define DIV_ROUND_UP(n, d)		(((n) + (d)-1) / (d))
#define MIN(a, b)			((a) < (b) ? (a) : (b))
#define MAX(a, b)			((a) > (b) ? (a) : (b))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define likely(x)      __builtin_expect(!!(x), 1)
#define unlikely(x)    __builtin_expect(!!(x), 0)
#define __must_check   __attribute__((warn_unused_result))
#define __noreturn     __attribute__((noreturn))
#define __noinline     __attribute__((noinline))
#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __section(s)   __attribute__((section(s)))
#define __used	       __attribute__((used))
#define __cleanup(fn)  __attribute__((cleanup(fn)))
#define __init	       __section(".init.text")
#define __initdata     __section(".init.data")
#define __read_mostly  __section(".data.read_mostly")
#define __printf(f, a) __attribute__((format(printf, f, a)))
