/* SPDX-License-Identifier: MIT */
/*
 * Whole guest contexts: loaded by builders and toolstack, read back by savers.
 *
 * Page tables are taken first, because that may be interrupted and asked for
 * again; everything before it only checks.
 */
#include "pv/flags.h"
#include "pv/guest_cr.h"
#include "pv/pv.h"

#include "lib/string.h"
#include "paging/paging.h"
#include "x86/fpu.h"
#include "x86/features.h"
#include "x86/msr.h"

#define CPU_NONE    0xffff
#define FXSAVE_SIZE 512
/* Behind the legacy image lies the XSAVE header, whose first word says what is valid: x87, SSE. */
#define XSAVE_X87_SSE 3UL

static int check(const vcpu_guest_context_t *c)
{
	if (!va_canonical(c->user_regs.rip) || !va_canonical(c->event_callback_eip) ||
	    !va_canonical(c->failsafe_callback_eip) || !va_canonical(c->syscall_callback_eip) ||
	    !va_canonical(c->fs_base) || !va_canonical(c->gs_base_kernel) ||
	    !va_canonical(c->gs_base_user))
		return -EINVAL;
	for (unsigned int i = 0; i < 256; i++)
		if (!va_canonical(c->trap_ctxt[i].address))
			return -EINVAL;
	if (c->gdt_ents > 14 * 512 || c->ldt_ents > 8192)
		return -EINVAL;
	if (!(c->flags & VGCF_in_kernel) && !c->ctrlreg[1])
		return -EINVAL;
	return 0;
}

static int set_roots(struct vcpu *v, const vcpu_guest_context_t *c)
{
	mfn_t root = mfn(xen_cr3_to_pfn(c->ctrlreg[3]));
	mfn_t user = mfn(xen_cr3_to_pfn(c->ctrlreg[1]));
	int rc = 0;

	if (!mfn_eq(v->root, root))
		rc = paging_set_root(v, root);
	if (!rc && c->ctrlreg[1] && !mfn_eq(v->root_user, user))
		rc = paging_set_root_user(v, user);
	if (!rc && !c->ctrlreg[1] && !mfn_eq(v->root_user, INVALID_MFN))
		rc = paging_set_root_user(v, mfn(0));
	return rc;
}

static int set_descriptors(struct vcpu *v, const vcpu_guest_context_t *c)
{
	u64 frames[14] = { 0 };
	int rc;

	for (unsigned int i = 0; i < 14; i++)
		frames[i] = c->gdt_frames[i];
	rc = paging_set_gdt(v, frames, (unsigned int)c->gdt_ents);
	if (!rc)
		rc = paging_set_ldt(v, c->ldt_base, (unsigned int)c->ldt_ents);
	return rc;
}

/* The general registers lie in the same order here and there. */
#define GENERAL_REGS offsetof(struct regs, error_code)
_Static_assert(GENERAL_REGS == offsetof(cpu_user_regs_t, error_code) &&
		       offsetof(struct regs, rax) == offsetof(cpu_user_regs_t, rax) &&
		       offsetof(struct regs, rbx) == offsetof(cpu_user_regs_t, rbx),
	       "register frames differ");

static void set_regs(struct vcpu *v, const cpu_user_regs_t *u)
{
	v->regs = (struct regs){
		/* A kind that leaves by iret, which restores every register. */
		.vector = REGS_SYSENTER,
		.rip = u->rip,
		.rsp = u->rsp,
		.rflags = flags_sanitise(u->rflags),
	};
	memcpy(&v->regs, u, GENERAL_REGS);
	v->regs.cs = flags_selector(u->cs);
	v->regs.ss = flags_selector(u->ss);
	v->iopl = (u->rflags >> 12) & 3;
	v->ds = u->ds;
	v->es = u->es;
	v->fs = u->fs;
	v->gs = u->gs;
}

static void set_fpu(struct vcpu *v, const vcpu_guest_context_t *c)
{
	u64 *header = (u64 *)((char *)v->fpu + FXSAVE_SIZE);

	fpu_reset(v->fpu);
	if (!(c->flags & VGCF_i387_valid))
		return;
	memcpy(v->fpu, &c->fpu_ctxt, FXSAVE_SIZE);
	if (cpu_features.xsave)
		header[0] |= XSAVE_X87_SSE;
}

static void set_callbacks(struct vcpu *v, const vcpu_guest_context_t *c)
{
	for (unsigned int i = 0; i < 256; i++)
		v->traps[i] = (struct trap_entry){
			.handler = gaddr(c->trap_ctxt[i].address),
			.cs = flags_selector(c->trap_ctxt[i].cs),
			.flags = c->trap_ctxt[i].flags,
		};
	v->cb_event = (struct callback){ gaddr(c->event_callback_eip), true };
	v->cb_failsafe = (struct callback){ gaddr(c->failsafe_callback_eip),
					    c->flags & VGCF_failsafe_disables_events };
	v->cb_syscall = (struct callback){ gaddr(c->syscall_callback_eip),
					   c->flags & VGCF_syscall_disables_events };
	v->kernel_ss = flags_selector(c->kernel_ss);
	v->kernel_sp = c->kernel_sp;
}

int context_set(struct vcpu *v, const vcpu_guest_context_t *c)
{
	int rc = check(c);

	if (!rc)
		rc = set_roots(v, c);
	if (!rc)
		rc = set_descriptors(v, c);
	if (rc)
		return rc;

	set_regs(v, &c->user_regs);
	set_callbacks(v, c);
	set_fpu(v, c);
	v->cached_cpu = CPU_NONE;
	v->trap_pending = false;
	v->failsafe_pending = false;
	v->in_kernel = c->flags & VGCF_in_kernel;
	v->fs_base = c->fs_base;
	v->gs_base = v->in_kernel ? c->gs_base_kernel : c->gs_base_user;
	v->gs_base_other = v->in_kernel ? c->gs_base_user : c->gs_base_kernel;
	v->cr0_ts = c->ctrlreg[0] & CR0_TS;
	v->cr4_guest = guest_cr4_merge(c->ctrlreg[4]);
	memset(v->dr, 0, sizeof(v->dr));
	for (unsigned int i = 0; i < 8; i++)
		if (i != 4 && i != 5 && debugreg_set(v, i, c->debugreg[i]))
			v->dr[7] = 0;
	if (!v->id && !v->initialised)
		v->domain->vm_assist = (u32)c->vm_assist;
	/* The builder may have cleared the shared page after the domain was made. */
	if (!v->id)
		vcpu_time_update_wallclock(v->domain);
	v->initialised = true;
	if (c->flags & VGCF_online)
		atomic_clear_bit(&v->pause_flags, VCPU_DOWN);
	else
		atomic_set_bit(&v->pause_flags, VCPU_DOWN);
	return 0;
}

static void get_regs(const struct vcpu *v, cpu_user_regs_t *u)
{
	const struct regs *r = &v->regs;

	*u = (cpu_user_regs_t){
		.rip = r->rip,
		.rsp = r->rsp,
		.rflags = r->rflags | ((u64)v->iopl << 12),
		.cs = r->cs,
		.ss = r->ss,
		.ds = v->ds,
		.es = v->es,
		.fs = v->fs,
		.gs = v->gs,
	};
	memcpy(u, r, GENERAL_REGS);
}

static u64 get_flags(const struct vcpu *v)
{
	u64 flags = VGCF_i387_valid;

	if (v->in_kernel)
		flags |= VGCF_in_kernel;
	if (v->cb_failsafe.mask_events)
		flags |= VGCF_failsafe_disables_events;
	if (v->cb_syscall.mask_events)
		flags |= VGCF_syscall_disables_events;
	if (!test_bit(&v->pause_flags, VCPU_DOWN))
		flags |= VGCF_online;
	return flags;
}

void context_get(struct vcpu *v, vcpu_guest_context_t *c)
{
	memset(c, 0, sizeof(*c));
	c->flags = get_flags(v);
	get_regs(v, &c->user_regs);
	if (v->fpu)
		memcpy(&c->fpu_ctxt, v->fpu, FXSAVE_SIZE);
	for (unsigned int i = 0; i < 256; i++) {
		c->trap_ctxt[i].vector = (u8)i;
		c->trap_ctxt[i].flags = v->traps[i].flags;
		c->trap_ctxt[i].cs = v->traps[i].cs;
		c->trap_ctxt[i].address = v->traps[i].handler.v;
	}
	c->ldt_base = v->ldt_base.v;
	c->ldt_ents = v->ldt_entries;
	c->gdt_ents = v->gdt_entries;
	for (unsigned int i = 0; i < DIV_ROUND_UP(v->gdt_entries, 512); i++)
		c->gdt_frames[i] = v->gdt_frames[i].v;
	c->kernel_ss = v->kernel_ss;
	c->kernel_sp = v->kernel_sp;
	c->ctrlreg[0] = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG | v->cr0_ts;
	c->ctrlreg[1] = mfn_eq(v->root_user, INVALID_MFN) ? 0 : xen_pfn_to_cr3(v->root_user.v);
	c->ctrlreg[2] = v->info->arch.cr2;
	c->ctrlreg[3] = mfn_eq(v->root, INVALID_MFN) ? 0 : xen_pfn_to_cr3(v->root.v);
	c->ctrlreg[4] = v->cr4_guest;
	for (unsigned int i = 0; i < 8; i++)
		c->debugreg[i] = debugreg_get(v, i);
	c->event_callback_eip = v->cb_event.ip.v;
	c->failsafe_callback_eip = v->cb_failsafe.ip.v;
	c->syscall_callback_eip = v->cb_syscall.ip.v;
	c->vm_assist = v->domain->vm_assist;
	c->fs_base = v->fs_base;
	c->gs_base_kernel = v->in_kernel ? v->gs_base : v->gs_base_other;
	c->gs_base_user = v->in_kernel ? v->gs_base_other : v->gs_base;
}
