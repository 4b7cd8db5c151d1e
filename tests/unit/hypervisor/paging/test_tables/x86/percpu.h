/* SPDX-License-Identifier: MIT */
/* The one CPU there is. */
#pragma once

#include "x86/regs.h"
struct vcpu;
static struct vcpu *test_current;
#define current			   test_current
#define this_cpu_id()		   0u
#define DECLARE_PERCPU(type, name) extern type percpu__##name
static u32 random_softirq(void);
#define this_cpu(name) random_softirq()
