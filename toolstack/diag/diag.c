/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics: what failed, why, and what to type.
 */
#include "diag/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int diag_fail(struct diag *d, enum diag_code code, const char *fmt, ...)
{
	va_list ap;

	d->code = code;
	d->why[0] = '\0';
	d->hint[0] = '\0';
	d->context[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(d->what, sizeof(d->what), fmt, ap);
	va_end(ap);
	return -1;
}

int diag_why(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->why, sizeof(d->why), fmt, ap);
	va_end(ap);
	return -1;
}

int diag_hint(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->hint, sizeof(d->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int diag_context(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->context, sizeof(d->context), fmt, ap);
	va_end(ap);
	return -1;
}

const char *diag_errno_text(int err)
{
	switch (err) {
	case EPERM: return "the hypervisor refused (this domain may not do that)";
	case ENOSYS: return "the hypervisor does not have this operation";
	case ESRCH: return "no such domain";
	case ENOMEM: return "not enough memory";
	default: return strerror(err);
	}
}

void diag_print(const struct diag *d, const char *prog, FILE *out)
{
	if (d->what[0])
		fprintf(out, "%s: %s\n", prog, d->what);
	if (d->why[0])
		fprintf(out, "  because: %s\n", d->why);
	if (d->context[0])
		fprintf(out, "%s", d->context);
	if (d->hint[0])
		fprintf(out, "  try: %s\n", d->hint);
}
