/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls of a tiny guest, by the naked `syscall` instruction.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_TOOLS__ 1
#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int64_t s64;

static inline long hypercall(u64 nr, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	register u64 r10 __asm__("r10") = a4;
	register u64 r8 __asm__("r8") = a5;
	long rax = (long)nr;

	__asm__ volatile("syscall"
			 : "+a"(rax), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
			 :
			 : "rcx", "r11", "memory");
	return rax;
}

#define PTR(p)			   ((u64)(uintptr_t)(p))
#define hypercall1(nr, a)	   hypercall(nr, (u64)(a), 0, 0, 0, 0)
#define hypercall2(nr, a, b)	   hypercall(nr, (u64)(a), (u64)(b), 0, 0, 0)
#define hypercall3(nr, a, b, c)	   hypercall(nr, (u64)(a), (u64)(b), (u64)(c), 0, 0)
#define hypercall4(nr, a, b, c, d) hypercall(nr, (u64)(a), (u64)(b), (u64)(c), (u64)(d), 0)

/* Error numbers as the ABI has them (<xen/errno.h>). */
#define XEN_ERRNO(name, value) GUEST_##name = value,
enum guest_errno {
#include <xen/errno.h>
};
