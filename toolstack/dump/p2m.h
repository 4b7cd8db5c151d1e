/* SPDX-License-Identifier: MIT */
/*
 * A guest's own list of its frames, which a Linux kernel publishes in its
 * shared page as an address and a page table.  All of it is the guest's word:
 * tables and list are read through mappings that the hypervisor checks, and
 * bounds keep a list without end from costing more than the guest is worth.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "dump/core.h"
#include "hv/hv.h"

/*
 * p2m_read - a guest's pages by rising pfn.
 * @si: a copy of its shared page; @room: the most that are taken.
 * @pages: one allocation, the caller's; @count: how many.
 * -ENODATA if the guest publishes no list, -EINVAL if it makes no sense,
 * -ENOMEM.  A part of the list that cannot be read is left out.
 */
int p2m_read(struct hv *hv, uint32_t domid, const shared_info_t *si, size_t room,
	     struct core_page **pages, size_t *count);
