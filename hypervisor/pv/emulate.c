/* SPDX-License-Identifier: MIT */
/*
 * Privileged instructions of a guest: fetched, decoded (emulate_decode.c) and
 * done on its behalf.
 *
 * The guest can change the bytes while we look; what counts is what was
 * fetched.  User code may use ports if its kernel lets it, and the time stamp
 * counter when the kernel has trapped that; all else is for the kernel.
 */
#include "pv/cpuid.h"
#include "pv/emulate_decode.h"
#include "pv/guest_cr.h"
#include "pv/guest_msr.h"
#include "pv/ioport.h"
#include "pv/pv.h"

#include "domain/policy.h"
#include "lib/string.h"
#include "sched/pause.h"
#include "x86/desc.h"
#include "x86/insn_bytes.h"
#include "x86/msr.h"
#include "x86/usercopy.h"

#define LAR_LONG (1u << 21)
#define PF_WRITE (1u << 1)
#define PF_USER	 (1u << 2)

static bool code_is_long(u16 cs)
{
	u32 rights;
	bool ok;

	if (cs == SEL_GUEST_CS)
		return true;
	asm volatile("lar %2, %0" : "=r"(rights), "=@ccz"(ok) : "r"((u32)cs));
	return ok && (rights & LAR_LONG);
}

static bool fetch(struct regs *regs, struct decoded *in)
{
	u8 bytes[INSN_BYTES_MAX];
	size_t got = INSN_BYTES_MAX - usercopy_from(bytes, gaddr(regs->rip), INSN_BYTES_MAX);

	return emulate_decode(bytes, (unsigned int)got, code_is_long(regs->cs), in);
}

static u64 edx_eax(const struct regs *r)
{
	return (r->rdx << 32) | (u32)r->rax;
}

static void set_edx_eax(struct regs *r, u64 value)
{
	r->rax = (u32)value;
	r->rdx = value >> 32;
}

static void do_cpuid(struct vcpu *v, struct regs *regs)
{
	struct cpuid_regs r = cpuid_guest(v->domain, v->id, (u32)regs->rax, (u32)regs->rcx);

	regs->rax = r.a;
	regs->rbx = r.b;
	regs->rcx = r.c;
	regs->rdx = r.d;
}

static bool do_in(struct vcpu *v, struct regs *regs, const struct decoded *in)
{
	u32 port = in->immediate_port ? in->port : (u16)regs->rdx, value;

	if (!ioport_permitted(v, port, in->size))
		return false;
	value = ioport_in(v, port, in->size);
	if (in->size == 4)
		regs->rax = value;
	else
		memcpy(&regs->rax, &value, in->size);
	return true;
}

static bool do_out(struct vcpu *v, struct regs *regs, const struct decoded *in)
{
	u32 port = in->immediate_port ? in->port : (u16)regs->rdx;

	if (!ioport_permitted(v, port, in->size))
		return false;
	ioport_out(v, port, in->size, (u32)regs->rax);
	return true;
}

/* Bump an index register by @delta in the width of the address size. */
static void advance(u64 *reg, s64 delta, bool address32)
{
	*reg = address32 ? (u32)(*reg + (u64)delta) : *reg + (u64)delta;
}

static u64 segment_base(const struct decoded *in)
{
	switch (in->segment) {
	case DECODE_SEG_FS: return insn_rdmsr(MSR_FS_BASE);
	case DECODE_SEG_GS: return insn_rdmsr(MSR_GS_BASE);
	default: return 0;
	}
}

enum string_result { STRING_DONE, STRING_AGAIN, STRING_FAULT };

/* ins, outs: element by element, stopping where other work waits; the instruction then restarts. */
static enum string_result do_string(struct vcpu *v, struct regs *regs, const struct decoded *in)
{
	u64 mask = in->address32 ? 0xffffffffUL : ~0UL;
	s64 step = regs->rflags & RFLAGS_DF ? -(s64)in->size : in->size;
	bool out = in->op == DECODE_OUTS;
	u64 *index = out ? &regs->rsi : &regs->rdi;
	u32 port = (u16)regs->rdx, value = 0;

	if (!ioport_permitted(v, port, in->size))
		return STRING_FAULT;
	while (!in->rep || (regs->rcx & mask)) {
		u64 va = *index & mask;
		bool bad;

		if (out) {
			va += segment_base(in);
			bad = usercopy_from(&value, gaddr(va), in->size) != 0;
			if (!bad)
				ioport_out(v, port, in->size, value);
		} else {
			value = ioport_in(v, port, in->size);
			bad = usercopy_to(gaddr(va), &value, in->size) != 0;
		}
		if (bad) {
			trap_inject_page_fault(v, va,
					       (out ? 0 : PF_WRITE) | (v->in_kernel ? 0 : PF_USER));
			return STRING_AGAIN;
		}
		advance(index, step, in->address32);
		if (!in->rep)
			break;
		advance(&regs->rcx, -1, in->address32);
		if (softirq_pending() && (regs->rcx & mask))
			return STRING_AGAIN;
	}
	return STRING_DONE;
}

/* What the kernel alone may do. False: #GP. */
static bool do_privileged(struct vcpu *v, struct regs *regs, const struct decoded *in)
{
	u64 value;

	switch (in->op) {
	case DECODE_RDMSR:
		if (!guest_msr_read(v, (u32)regs->rcx, &value))
			return false;
		set_edx_eax(regs, value);
		return true;
	case DECODE_WRMSR: return guest_msr_write(v, (u32)regs->rcx, edx_eax(regs));
	case DECODE_CR_READ: return guest_cr_read(v, in->special, regs_general(regs, in->reg));
	case DECODE_CR_WRITE: return guest_cr_write(v, in->special, *regs_general(regs, in->reg));
	case DECODE_DR_READ:
		if (in->special > 7)
			return false;
		*regs_general(regs, in->reg) = debugreg_get(v, in->special);
		return true;
	case DECODE_DR_WRITE:
		return debugreg_set(v, in->special, *regs_general(regs, in->reg)) == 0;
	case DECODE_CLTS: guest_cr_set_ts(v, false); return true;
	case DECODE_LMSW:
		/* Of the machine status word only TS is the guest's. */
		guest_cr_set_ts(v, *regs_general(regs, in->reg) & CR0_TS);
		return true;
	case DECODE_XSETBV: return guest_xcr_write(v, (u32)regs->rcx, edx_eax(regs));
	case DECODE_WBINVD:
	case DECODE_INVD:
		/* Only who has devices can tell the difference; invd would lose others' data. */
		if (policy_allows(v->domain, NULL, POLICY_HARDWARE))
			insn_wbinvd();
		return true;
	case DECODE_HLT: block_current(); return true;
	default: return false;
	}
}

static bool do_instruction(struct vcpu *v, struct regs *regs, const struct decoded *in)
{
	switch (in->op) {
	case DECODE_CPUID: do_cpuid(v, regs); return true;
	case DECODE_IN: return do_in(v, regs, in);
	case DECODE_OUT: return do_out(v, regs, in);
	case DECODE_CLI:
	case DECODE_STI:
		/* As the peer does: allowed with I/O privilege, without effect. */
		return v->iopl >= (v->in_kernel ? 1 : 3);
	case DECODE_RDTSC:
	case DECODE_RDTSCP:
		if (!v->in_kernel && (v->cr4_guest & CR4_TSD))
			return false;
		set_edx_eax(regs, insn_rdtsc());
		if (in->op == DECODE_RDTSCP)
			regs->rcx = v->tsc_aux;
		return true;
	default: return v->in_kernel && do_privileged(v, regs, in);
	}
}

bool emulate_privileged(struct vcpu *v, struct regs *regs)
{
	struct decoded in;

	if (!fetch(regs, &in))
		return false;
	if (in.op == DECODE_INS || in.op == DECODE_OUTS) {
		switch (do_string(v, regs, &in)) {
		case STRING_FAULT: return false;
		case STRING_AGAIN: return true;
		case STRING_DONE: break;
		}
	} else if (!do_instruction(v, regs, &in)) {
		return false;
	}
	regs->rip += in.length;
	regs->rflags &= ~RFLAGS_RF;
	if (regs->rflags & RFLAGS_TF) {
		v->dr[6] |= 1UL << 14;
		trap_inject(v, 1, false, 0);
	}
	return true;
}

bool emulate_forced_cpuid(struct vcpu *v, struct regs *regs)
{
	/* ud2, "xen", cpuid: the prefix of <xen/arch-x86/xen.h>. */
	static const u8 signature[7] = { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2 };
	u8 bytes[sizeof(signature)];

	if (usercopy_from(bytes, gaddr(regs->rip), sizeof(bytes)) ||
	    memcmp(bytes, signature, sizeof(bytes)) != 0)
		return false;
	do_cpuid(v, regs);
	regs->rip += sizeof(bytes);
	regs->rflags &= ~RFLAGS_RF;
	return true;
}
