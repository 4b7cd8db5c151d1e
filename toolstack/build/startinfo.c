/* SPDX-License-Identifier: MIT */
/*
 * The start_info page and the registers that a guest starts with.
 */
#include "build/startinfo.h"

#include <string.h>

/* The interrupt flag: a PV kernel runs with it set, whatever its event mask. */
#define RFLAGS_IF (1UL << 9)

void startinfo_fill(void *page, const struct plan *p, const struct startinfo_values *v)
{
	struct start_info *si = page;
	size_t len = strnlen(v->cmdline, STARTINFO_CMDLINE_MAX);

	_Static_assert(sizeof(*si) <= HV_PAGE_SIZE, "start_info fits its page");
	memset(page, 0, HV_PAGE_SIZE);
	memcpy(si->magic, "xen-3.0-x86_64", sizeof("xen-3.0-x86_64"));
	si->nr_pages = v->nr_pages;
	si->shared_info = v->shared_info_mfn << HV_PAGE_SHIFT;
	si->store_mfn = v->mfns[p->store_pfn];
	si->store_evtchn = v->store_port;
	si->console.domU.mfn = v->mfns[p->console_pfn];
	si->console.domU.evtchn = v->console_port;
	si->pt_base = plan_va(p, p->root_pfn);
	si->nr_pt_frames = p->pt_frames;
	si->mfn_list = p->p2m_va;
	if (p->ramdisk_pages) {
		si->mod_start = p->ramdisk_by_pfn ? p->ramdisk_pfn : plan_va(p, p->ramdisk_pfn);
		si->mod_len = v->ramdisk_bytes;
		if (p->ramdisk_by_pfn)
			si->flags |= SIF_MOD_START_PFN;
	}
	memcpy(si->cmd_line, v->cmdline, len);
	if (p->p2m_frames) {
		si->first_p2m_pfn = p->p2m_pfn;
		si->nr_p2m_frames = p->p2m_frames;
	}
}

void startinfo_registers(vcpu_guest_context_t *c, const struct plan *p, uint64_t entry,
			 uint64_t root_mfn)
{
	memset(c, 0, sizeof(*c));
	c->flags = VGCF_in_kernel | VGCF_online;
	c->user_regs.rip = entry;
	c->user_regs.rsp = plan_va(p, p->stack_pfn + 1);
	c->user_regs.rsi = plan_va(p, p->start_info_pfn);
	c->user_regs.rflags = RFLAGS_IF;
	c->user_regs.cs = FLAT_KERNEL_CS;
	c->user_regs.ss = FLAT_KERNEL_SS;
	c->user_regs.ds = FLAT_KERNEL_DS;
	c->user_regs.es = FLAT_KERNEL_DS;
	c->user_regs.fs = FLAT_KERNEL_DS;
	c->user_regs.gs = FLAT_KERNEL_DS;
	c->kernel_ss = c->user_regs.ss;
	c->kernel_sp = c->user_regs.rsp;
	c->ctrlreg[3] = root_mfn << HV_PAGE_SHIFT;
}
