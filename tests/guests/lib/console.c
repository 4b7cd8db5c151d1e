/* SPDX-License-Identifier: MIT */
/*
 * Where a tiny guest speaks: dom0 on the machine's console, another domain by
 * its ring.  There it also waits for somebody to listen.
 */
#include "guest.h"

#include <xen/io/console.h>

static struct xencons_interface *ring(void)
{
	return mfn_to_virt(start_info->console.domU.mfn);
}

static void wait_backend(void)
{
	event_send(start_info->console.domU.evtchn);
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void console_wait_key(void)
{
	struct xencons_interface *r = ring();

	while (__atomic_load_n(&r->in_prod, __ATOMIC_ACQUIRE) == r->in_cons)
		wait_backend();
	r->in_cons = r->in_prod;
}

void console_write(const char *text, size_t n)
{
	struct xencons_interface *r;

	if (start_info->flags & SIF_PRIVILEGED) {
		hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, n, PTR(text));
		return;
	}
	r = ring();
	for (; n; n--, text++) {
		while (r->out_prod - __atomic_load_n(&r->out_cons, __ATOMIC_ACQUIRE) == sizeof(r->out))
			wait_backend();
		r->out[r->out_prod & (sizeof(r->out) - 1)] = *text;
		__atomic_store_n(&r->out_prod, r->out_prod + 1, __ATOMIC_RELEASE);
	}
	wait_backend();
}
