/* SPDX-License-Identifier: MIT */
/*
 * Ending a guest for its own fault.
 */
#include "domain/crash.h"

#include "console/log.h"
#include "lib/format.h"
#include "lib/string.h"

void domain_crash(struct domain *d, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (atomic_xchg(&d->crashed_line_printed, true))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err("domain %u crashed: %s%s", d->id, text, strchr(text, '\n') ? "" : "\n");
	domain_crash_stop(d);
}
