/* SPDX-License-Identifier: MIT */
/*
 * Lets Debian's xenstored run on a host without a hypervisor, to compare with:
 * preloaded into it, this stands in for the libraries and files through which
 * it would reach one.  Every domain exists; nothing ever happens in any.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#define STUB   __attribute__((visibility("default")))
#define HANDLE ((void *)&event_fd)
#define PAGE   4096

static int event_fd = -1;
static evtchn_port_t last_port;

/* A file in memory with @text at its beginning and a page in size. */
static int memory_file(const char *text)
{
	int fd = memfd_create("peer", MFD_CLOEXEC);

	if (fd >= 0 && (ftruncate(fd, text ? (off_t)strlen(text) : PAGE) ||
			(text && pwrite(fd, text, strlen(text), 0) < 0))) {
		close(fd);
		return -1;
	}
	return fd;
}

STUB xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild,
				     unsigned int flags)
{
	(void)logger;
	(void)dombuild;
	(void)flags;
	return HANDLE;
}

STUB int xc_interface_close(xc_interface *xch)
{
	(void)xch;
	return 0;
}

STUB int xc_domain_getinfo(xc_interface *xch, uint32_t first, unsigned int max, xc_dominfo_t *info)
{
	(void)xch;
	if (!max)
		return 0;
	memset(info, 0, sizeof(*info));
	info->domid = first;
	info->running = 1;
	return 1;
}

STUB xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	event_fd = eventfd(0, EFD_CLOEXEC);
	return HANDLE;
}

STUB xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned int flags)
{
	(void)logger;
	(void)flags;
	event_fd = fd;
	return HANDLE;
}

STUB int xenevtchn_fd(xenevtchn_handle *xce)
{
	(void)xce;
	return event_fd;
}

STUB xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
	(void)xce;
	(void)virq;
	return (xenevtchn_port_or_error_t)++last_port;
}

STUB xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid,
							  evtchn_port_t port)
{
	(void)xce;
	(void)domid;
	(void)port;
	return (xenevtchn_port_or_error_t)++last_port;
}

STUB int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
	(void)xce;
	(void)port;
	return 0;
}

STUB int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
	(void)xce;
	(void)port;
	return 0;
}

STUB xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
	(void)xce;
	errno = EAGAIN;
	return -1;
}

STUB int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
	(void)xce;
	(void)port;
	return 0;
}

STUB xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return HANDLE;
}

STUB int xengnttab_close(xengnttab_handle *xgt)
{
	(void)xgt;
	return 0;
}

STUB int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t count)
{
	(void)xgt;
	(void)count;
	return 0;
}

STUB void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot)
{
	void *page = mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)xgt;
	(void)domid;
	(void)ref;
	return page == MAP_FAILED ? NULL : page;
}

STUB int xengnttab_unmap(xengnttab_handle *xgt, void *start, uint32_t count)
{
	(void)xgt;
	return munmap(start, (size_t)count * PAGE);
}

/* The limits it asks for are root's to give, and not needed here. */
STUB int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	(void)resource;
	(void)limit;
	return 0;
}

static int open_file(const char *name, const char *path, int flags, mode_t mode)
{
	union {
		void *symbol;
		int (*call)(const char *, int, ...);
	} real = { .symbol = dlsym(RTLD_NEXT, name) };

	if (!strcmp(path, "/proc/xen/xsd_port"))
		return memory_file("1");
	if (!strcmp(path, "/dev/xen/xsd_kva") || !strcmp(path, "/proc/xen/xsd_kva"))
		return memory_file(NULL);
	return real.call(path, flags, mode);
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

STUB int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_file("open", path, flags, mode);
}

STUB int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_file("open64", path, flags, mode);
}
