/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor of files, for a whole daemon on any host: stands in for Debian's
 * libraries at link time.  In the directory FAKEXEN_DIR
 *
 *   ring-N    is the ring page of domain N; the domain exists while it does
 *   events    is a FIFO of the ports (32 bits each) that were sent to the daemon
 *   guest-N   is a FIFO that gets a byte for each event to domain N
 *
 * Events that are sent while no daemon runs are lost, as they are for a port
 * that nobody has bound.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include <xen/domctl.h>
#include <xen/xen.h>

#include "fakexen.h"

static int events = -1;
static int bound[FAKEXEN_DOMAINS];

static int open_file(const char *name, int number, int flags)
{
	char path[PATH_MAX];

	if (number < 0)
		snprintf(path, sizeof(path), "%s/%s", getenv("FAKEXEN_DIR"), name);
	else
		snprintf(path, sizeof(path), "%s/%s-%d", getenv("FAKEXEN_DIR"), name, number);
	return open(path, flags | O_CLOEXEC);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	char port[16];
	va_list args;
	int mode, fd;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	if (!strcmp(path, "/dev/xen/xsd_kva"))
		return open_file("ring", 0, O_RDWR);
	if (strcmp(path, "/proc/xen/xsd_port"))
		return __real_open(path, flags, mode);
	fd = memfd_create("port", MFD_CLOEXEC);
	if (pwrite(fd, port, (size_t)sprintf(port, "%u", FAKEXEN_REMOTE(0)), 0) < 0)
		abort();
	return fd;
}

/* Handles are pointers that nobody follows. */
static char handle;

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	char lost[256];

	(void)logger;
	(void)flags;
	events = open_file("events", -1, O_RDWR | O_NONBLOCK);
	while (read(events, lost, sizeof(lost)) > 0)
		;
	return events < 0 ? NULL : (xenevtchn_handle *)&handle;
}

int xenevtchn_fd(xenevtchn_handle *xce)
{
	(void)xce;
	return events;
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
	(void)xce;
	(void)virq;
	return FAKEXEN_DEATHS;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid,
						     evtchn_port_t remote)
{
	(void)xce;
	if (domid >= FAKEXEN_DOMAINS || remote != FAKEXEN_REMOTE(domid) || bound[domid]) {
		errno = EINVAL;
		return -1;
	}
	bound[domid] = 1;
	return (int)FAKEXEN_LOCAL(domid);
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
	(void)xce;
	bound[port - FAKEXEN_LOCAL(0)] = 0;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
	int fd = open_file("guest", (int)(port - FAKEXEN_LOCAL(0)), O_RDWR | O_NONBLOCK);

	(void)xce;
	/* A full FIFO is an event that is pending already. */
	if (write(fd, "", 1) < 0 && errno != EAGAIN)
		return -1;
	return close(fd);
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
	uint32_t port;

	(void)xce;
	if (read(events, &port, sizeof(port)) != sizeof(port))
		return -1;
	return (int)port;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
	(void)xce;
	(void)port;
	return 0;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return (xengnttab_handle *)&handle;
}

int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t count)
{
	(void)xgt;
	(void)count;
	return 0;
}

void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot)
{
	int fd = open_file("ring", (int)domid, O_RDWR);
	void *page;

	(void)xgt;
	(void)ref;
	if (fd < 0)
		return NULL;
	page = mmap(NULL, FAKEXEN_PAGE, prot, MAP_SHARED, fd, 0);
	close(fd);
	return page == MAP_FAILED ? NULL : page;
}

int xengnttab_unmap(xengnttab_handle *xgt, void *addr, uint32_t count)
{
	(void)xgt;
	return munmap(addr, count * FAKEXEN_PAGE);
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return NULL;
}

void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t domid, int prot, size_t pages,
			   const xen_pfn_t arr[], int err[])
{
	(void)fmem;
	(void)domid;
	(void)prot;
	(void)pages;
	(void)arr;
	(void)err;
	return NULL;
}

int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr, size_t pages)
{
	(void)fmem;
	(void)addr;
	(void)pages;
	return -1;
}

xencall_handle *xencall_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return (xencall_handle *)&handle;
}

void *xencall_alloc_buffer_pages(xencall_handle *xcall, size_t count)
{
	static char pages[FAKEXEN_PAGE];

	(void)xcall;
	return count == 1 ? pages : NULL;
}

int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg)
{
	struct xen_domctl *domctl = (struct xen_domctl *)(uintptr_t)arg;
	int fd = open_file("ring", domctl->domain, O_RDWR);

	(void)xcall;
	if (op != __HYPERVISOR_domctl || fd < 0) {
		errno = ESRCH;
		return -1;
	}
	close(fd);
	domctl->u.getdomaininfo.domain = domctl->domain;
	domctl->u.getdomaininfo.flags = XEN_DOMINF_running;
	return 0;
}
