/* SPDX-License-Identifier: MIT */
/*
 * A virtual CPU: its state bits and everything the processor would hold.
 *
 * While a vCPU runs, its general registers are in the CPU's cpu_info and its
 * segment bases, FPU and debug registers in the processor; else they are here.
 */
#pragma once

#include "domain/domain.h"
#include "frame/chain.h"
#include "time/timer.h"
#include "x86/regs.h"

/* vcpu.pause_flags, atomic bit numbers: a vCPU is runnable while all are clear. */
#define VCPU_DOWN    0 /* never brought up, or taken down */
#define VCPU_BLOCKED 1 /* SCHEDOP_block: woken by an event */
#define VCPU_POLLING 2 /* SCHEDOP_poll: woken by its ports or timer */

/* What a stopped vCPU will be given at its next entry, and who answers. */
struct trap_entry {
	gaddr_t handler; /* 0: none */
	u16 cs;
	u8 flags; /* bits 0-1: lowest privilege that may raise it; bit 2: mask events */
};

struct callback {
	gaddr_t ip; /* 0: not registered */
	bool mask_events;
};

/* A pending exception to be delivered at the next exit to the guest. */
struct pending_trap {
	bool has_error;
	u8 vector;
	u32 error;
};

struct vcpu_timer_state {
	struct timer periodic, singleshot, poll;
	u64 period; /* ns, 0: off */
	u64 last_tick;
};

struct vcpu {
	u32 id;
	struct domain *domain;

	/* scheduling state bits; the scheduler's own data hangs on sched */
	u32 pause_flags;  /* atomic bits, VCPU_* */
	bool initialised; /* VCPUOP_initialise or domctl setvcpucontext */
	bool is_idle;
	bool running;  /* on a CPU now; written with the run-queue lock held */
	u16 processor; /* where it runs or ran last */
	void *sched;

	/* the page both sides see; never NULL once the vCPU exists */
	vcpu_info_t *info;	/* in shared_info, in a registered page, or a private dummy */
	vcpu_info_t info_dummy; /* for ids that the shared page has no room for */
	mfn_t info_mfn; /* registered page (a reference and writable use are held), else INVALID */

	/* runstate */
	vcpu_runstate_info_t runstate;
	gaddr_t runstate_area; /* guest linear address, 0: none */
	gaddr_t time_area;     /* secondary vcpu_time_info, 0: none */
	struct vcpu_timer_state timers;

	/* events */
	u32 virq_port[24]; /* 0: not bound; global ones at vCPU 0 */
	void *evtchn_fifo; /* control block and queues, evtchn/fifo.c */
	u32 poll_port;	   /* the single port polled for, 0: several */

	/* multicall and restart of long calls (hypercall/preempt.h) */
	bool in_multicall;
	bool restart;
	u64 restart_args[6];

	/* extents zeroed for it that are nobody's yet (hypercall/reservation.c) */
	struct {
		unsigned int order, bits;
		struct frame_chain ready;
		mfn_t cleaning; /* the next; mfn 0: none */
		u64 dirty;	/* frames of that from its first on still to be zeroed */
	} stock;
	/* frames taken from a domain for a chunk of 2^order that is being exchanged */
	struct {
		struct frame_chain frames;
		unsigned int order;
		u16 domid;
		bool all;  /* no more are to be taken; those left go to the allocator */
		u16 given; /* extents of the stock that it has got for them */
		u64 want;  /* of how many */
		s16 error; /* what failed in that */
	} stolen;
	struct {
		u64 first, done;
	} released; /* the extent that is being given back, and how far */

	/* registers while not running */
	struct regs regs;
	u64 fs_base, gs_base; /* gs_base: of the mode it is in */
	u64 gs_base_other;    /* of the other mode: kernel's if in user, user's if in kernel */
	u16 ds, es, fs, gs;

	/* mode and address space */
	bool in_kernel;		/* guest kernel mode (its kernel table and gs are live) */
	mfn_t root;		/* kernel top-level table; a typed L4 with references, or INVALID */
	mfn_t root_user;	/* user top-level table, or INVALID */
	struct frame *dropping; /* a table whose undoing was preempted (paging/drop.c), or NULL */

	/* what the kernel registered */
	u64 kernel_sp; /* stack_switch */
	u16 kernel_ss;
	struct callback cb_event, cb_failsafe, cb_syscall, cb_syscall32, cb_sysenter;
	struct trap_entry traps[256];
	/* to be delivered at the next exit, which looks at all three in one access */
	bool trap_pending, nmi_pending;
	bool failsafe_pending; /* a selector or return frame was refused: tell the kernel */
	struct pending_trap trap;

	/* virtual control state */
	u64 cr0_ts;	  /* CR0_TS if the guest set it */
	u64 cr4_guest;	  /* what it reads back */
	u64 dr[8];	  /* dr[7] 0: none armed */
	u8 iopl;	  /* virtual I/O privilege, 0..3 */
	gaddr_t iobmp_va; /* set_iobitmap: guest address of the bitmap */
	u32 iobmp_bits;
	bool nmi_masked; /* an NMI was delivered and its iret has not come */
	u32 tsc_aux;	 /* what rdtscp gives */
	u16 cached_cpu;	 /* CPU whose FPU and descriptor window may still be ours, or CPU_NONE */

	/* descriptor tables: frames are typed FRAME_SEGDESC and referenced */
	mfn_t gdt_frames[14];
	u32 gdt_entries;
	mfn_t ldt_frames[16];
	gaddr_t ldt_base;
	u32 ldt_entries;

	/* extended state */
	void *fpu; /* save area */
	u64 xcr0;  /* guest's XCR0 */
};

struct vcpu *vcpu_alloc(struct domain *d, unsigned int id) __must_check;
void vcpu_free(struct vcpu *v);

static inline bool vcpu_runnable(const struct vcpu *v)
{
	return !READ_ONCE(v->pause_flags) && !READ_ONCE(v->domain->pause_count);
}
