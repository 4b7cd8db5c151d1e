/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_console_io (18): the machine's serial console.
 *
 * a1: CONSOLEIO_write or _read; a2: bytes; a3: guest buffer.  Restarts, also
 * as long as the serial line is busy.  The control domain alone writes through
 * to the console and reads what was typed.
 * Returns bytes read, 0 after a write, -EPERM, -EFAULT, -ENOSYS.
 */
#include "console/input.h"
#include "console/log.h"
#include "domain/policy.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"

#define CONSOLE_CHUNK 128

static long console_write(u64 count, u64 from)
{
	char buf[CONSOLE_CHUNK];

	while (count) {
		size_t n = MIN(count, sizeof(buf));

		if (log_busy())
			return preempt_restart(CONSOLEIO_write, count, from, 0, 0);
		if (usercopy_from(buf, gaddr(from), n))
			return -EFAULT;
		log_write(buf, n);
		count -= n;
		from += n;
		if (count && preempt_needed())
			return preempt_restart(CONSOLEIO_write, count, from, 0, 0);
	}
	return 0;
}

static long console_read(u64 count, u64 to)
{
	char buf[CONSOLE_CHUNK];
	size_t n = input_read(buf, MIN(count, sizeof(buf)));

	return usercopy_to(gaddr(to), buf, n) ? -EFAULT : (long)n;
}

HYPERCALL(console_io)
{
	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if ((s32)a2 < 0)
		return -EINVAL;
	switch ((u32)a1) {
	case CONSOLEIO_write: return console_write((u32)a2, a3);
	case CONSOLEIO_read: return console_read((u32)a2, a3);
	}
	return -ENOSYS;
}
