/* SPDX-License-Identifier: MIT */
/*
 * The public ABI of the hypervisor, as Debian's libxen-dev has it.  The one
 * place that says "we are the tools", which domctl.h and sysctl.h ask for.
 */
#pragma once

#include <stdint.h>

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/sysctl.h>
#include <xen/memory.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>
#include <xen/version.h>

_Static_assert(XEN_DOMCTL_INTERFACE_VERSION == 0x15, "built for the 4.17 domctl layout");
_Static_assert(XEN_SYSCTL_INTERFACE_VERSION == 0x15, "built for the 4.17 sysctl layout");

#define HV_PAGE_SHIFT 12
#define HV_PAGE_SIZE  (1UL << HV_PAGE_SHIFT)
#define HV_PAGE_MASK  (~(HV_PAGE_SIZE - 1))
