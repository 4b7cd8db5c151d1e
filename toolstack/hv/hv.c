/* SPDX-License-Identifier: MIT */
/*
 * The handle to the hypervisor.
 */
#include "hv/hv.h"

#include <errno.h>
#include <string.h>
#include <xentoollog.h>

/* The libraries' own complaints would come before ours, which say the same. */
static void drop_message(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			 const char *context, const char *format, va_list al)
{
	(void)logger, (void)level, (void)errnoval, (void)context, (void)format, (void)al;
}

static void drop_progress(struct xentoollog_logger *logger, const char *context,
			  const char *doing_what, int percent, unsigned long done,
			  unsigned long total)
{
	(void)logger, (void)context, (void)doing_what, (void)percent, (void)done, (void)total;
}

static void keep_logger(struct xentoollog_logger *logger)
{
	(void)logger; /* it is static */
}

static struct xentoollog_logger silent = {
	.vmessage = drop_message,
	.progress = drop_progress,
	.destroy = keep_logger,
};

int hv_open(struct hv *hv, struct diag *d)
{
	memset(hv, 0, sizeof(*hv));

	hv->call = xencall_open(&silent, 0);
	if (!hv->call)
		goto fail;
	hv->fmem = xenforeignmemory_open(&silent, 0);
	if (!hv->fmem)
		goto fail;
	hv->op = xencall_alloc_buffer_pages(hv->call, 1);
	hv->array = xencall_alloc_buffer_pages(hv->call, HV_ARRAY_PAGES);
	if (!hv->op || !hv->array)
		goto fail;
	return 0;

fail:
	diag_fail(d, DIAG_NO_HOST, "cannot reach the hypervisor");
	if (errno == EACCES || errno == EPERM)
		diag_why(d, "no permission to open /dev/xen/privcmd");
	else
		diag_why(d, "opening /dev/xen/privcmd: %s", strerror(errno));
	diag_hint(d, "run as root, in the control domain of a Lamina or Xen machine");
	hv_close(hv);
	return -EIO;
}

void hv_close(struct hv *hv)
{
	if (hv->array)
		xencall_free_buffer_pages(hv->call, hv->array, HV_ARRAY_PAGES);
	if (hv->op)
		xencall_free_buffer_pages(hv->call, hv->op, 1);
	if (hv->fmem)
		xenforeignmemory_close(hv->fmem);
	if (hv->call)
		xencall_close(hv->call);
	memset(hv, 0, sizeof(*hv));
}

int hv_call1(struct hv *hv, unsigned int nr, uint64_t a)
{
	int r = xencall1(hv->call, nr, a);

	return r < 0 ? -errno : r;
}

int hv_call2(struct hv *hv, unsigned int nr, uint64_t a, uint64_t b)
{
	int r = xencall2(hv->call, nr, a, b);

	return r < 0 ? -errno : r;
}

int hv_call4(struct hv *hv, unsigned int nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	int r = xencall4(hv->call, nr, a, b, c, d);

	return r < 0 ? -errno : r;
}
