/* SPDX-License-Identifier: MIT */
/*
 * The public ABI, configured once.
 *
 * Every Xen public header reaches the hypervisor through this file, so that
 * the interface version and the feature macros cannot differ between units.
 */
#pragma once

#include "lib/types.h"

#define __XEN_TOOLS__		  1
#define __XEN_INTERFACE_VERSION__ 0x00041100

#include <xen/xen.h>
#include <xen/arch-x86/xen-mca.h>
#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/elfnote.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/io/console.h>
#include <xen/memory.h>
#include <xen/nmi.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/trace.h>
#include <xen/vcpu.h>
#include <xen/version.h>

/* Error numbers of the hypercall ABI (<xen/errno.h>); always returned negated. */
#include "abi/error.h"
