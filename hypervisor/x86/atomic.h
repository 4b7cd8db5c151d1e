/* SPDX-License-Identifier: MIT */
/*
 * Single accesses and atomic operations, on the compiler's C11 builtins.
 */
#pragma once

#include "lib/types.h"

#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()	 asm volatile("" ::: "memory")
#define smp_mb()	 asm volatile("lock addl $0, -4(%%rsp)" ::: "memory", "cc")
#define smp_wmb()	 barrier()

#define atomic_load(p)	   __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define atomic_store(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define atomic_xchg(p, v)  __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define atomic_add(p, v)   __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_sub(p, v)   __atomic_sub_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_or(p, v)	   __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define atomic_and(p, v)   __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
/* True if *@p was *@old and is now @new; else *@old is what was found. */
#define atomic_cmpxchg(p, old, new) \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

/* Bit operations on arrays of unsigned long; each returns the old value of the bit. */
static inline bool atomic_test_and_set_bit(volatile void *map, u32 bit)
{
	bool old;

	asm volatile("lock btsl %2, %0"
		     : "+m"(((volatile u32 *)map)[bit / 32]), "=@ccc"(old)
		     : "r"(bit % 32)
		     : "memory");
	return old;
}

static inline bool atomic_test_and_clear_bit(volatile void *map, u32 bit)
{
	bool old;

	asm volatile("lock btrl %2, %0"
		     : "+m"(((volatile u32 *)map)[bit / 32]), "=@ccc"(old)
		     : "r"(bit % 32)
		     : "memory");
	return old;
}

static inline void atomic_set_bit(volatile void *map, u32 bit)
{
	atomic_test_and_set_bit(map, bit);
}

static inline void atomic_clear_bit(volatile void *map, u32 bit)
{
	atomic_test_and_clear_bit(map, bit);
}

static inline bool test_bit(const volatile void *map, u32 bit)
{
	return (((const volatile u32 *)map)[bit / 32] >> (bit % 32)) & 1;
}
