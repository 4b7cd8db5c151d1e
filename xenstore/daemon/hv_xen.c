/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor through Debian's stable libraries.  Domain states come by a
 * domctl over libxencall: libxenctrl is not needed for one operation.
 */
#include "daemon/hv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/grant_table.h>

#include "daemon/dlog.h"

#define PAGE_BYTES 4096

/* IOCTL_XENBUS_BACKEND_EVTCHN of Linux <xen/xenbus_dev.h>. */
#define BACKEND_EVTCHN _IOC(_IOC_NONE, 'B', 0, 0)

enum page_kind {
	PAGE_GRANT,
	PAGE_FOREIGN,
	PAGE_OWN,
};

static xenevtchn_handle *evtchn;
static xengnttab_handle *gnttab;
static xenforeignmemory_handle *foreign;
static xencall_handle *call;
static struct xen_domctl *domctl;
static int deaths_port = -1;

static int map_ring(uint16_t domid, uint64_t mfn, struct hv_page *page)
{
	xen_pfn_t pfn = mfn;
	int err = 0;

	if (gnttab) {
		page->kind = PAGE_GRANT;
		page->addr = xengnttab_map_grant_ref(gnttab, domid, GNTTAB_RESERVED_XENSTORE,
						     PROT_READ | PROT_WRITE);
		if (page->addr)
			return 0;
	}
	if (!foreign)
		return -ENODEV;
	page->kind = PAGE_FOREIGN;
	page->addr = xenforeignmemory_map(foreign, domid, PROT_READ | PROT_WRITE, 1, &pfn, &err);
	if (page->addr && !err)
		return 0;
	if (page->addr)
		xenforeignmemory_unmap(foreign, page->addr, 1);
	page->addr = NULL;
	return -EINVAL;
}

static int open_own_ring(uint32_t *port)
{
	char text[16] = "";
	int fd, port_fd, own_port;
	ssize_t n;

	port_fd = open("/proc/xen/xsd_port", O_RDONLY | O_CLOEXEC);
	fd = open("/dev/xen/xsd_kva", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC);
	if (fd >= 0 && port_fd >= 0) {
		n = read(port_fd, text, sizeof(text) - 1);
		close(port_fd);
		if (n > 0) {
			*port = (uint32_t)strtoul(text, NULL, 10);
			return fd;
		}
		close(fd);
		return -EIO;
	}
	if (fd >= 0)
		close(fd);
	if (port_fd >= 0)
		close(port_fd);
	/* Without xenfs, the backend device gives the same page and port. */
	fd = open("/dev/xen/xenbus_backend", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	own_port = ioctl(fd, BACKEND_EVTCHN);
	if (own_port <= 0) {
		close(fd);
		return -ENODEV;
	}
	*port = (uint32_t)own_port;
	return fd;
}

static int map_own_ring(struct hv_page *page, uint32_t *port)
{
	int fd = open_own_ring(port);

	if (fd < 0)
		return fd;
	page->kind = PAGE_OWN;
	page->addr = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return page->addr == MAP_FAILED ? -errno : 0;
}

static void unmap(struct hv_page *page)
{
	switch (page->kind) {
	case PAGE_GRANT: xengnttab_unmap(gnttab, page->addr, 1); break;
	case PAGE_FOREIGN: xenforeignmemory_unmap(foreign, page->addr, 1); break;
	default: munmap(page->addr, PAGE_BYTES); break;
	}
	page->addr = NULL;
}

static int bind(uint16_t domid, uint32_t remote_port)
{
	int port = xenevtchn_bind_interdomain(evtchn, domid, remote_port);

	return port < 0 ? -errno : port;
}

static void unbind(uint32_t port)
{
	xenevtchn_unbind(evtchn, port);
}

static void notify(uint32_t port)
{
	xenevtchn_notify(evtchn, port);
}

/*
 * XEN_DOMCTL_getdomaininfo answers with the next domain if the one asked for
 * is not there, so the answer's own number must be looked at.
 */
static int domain_state(uint16_t domid)
{
	const struct xen_domctl_getdomaininfo *info = &domctl->u.getdomaininfo;
	int state = HV_DOMAIN_EXISTS;

	memset(domctl, 0, sizeof(*domctl));
	domctl->cmd = XEN_DOMCTL_getdomaininfo;
	domctl->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	domctl->domain = domid;
	if (xencall1(call, __HYPERVISOR_domctl, (uintptr_t)domctl) < 0)
		return errno == ESRCH ? 0 : -errno;
	if (info->domain != domid)
		return 0;
	if (info->flags & XEN_DOMINF_dying)
		state |= HV_DOMAIN_DYING;
	if (info->flags & XEN_DOMINF_shutdown)
		state |= HV_DOMAIN_SHUTDOWN;
	return state;
}

static const struct hv xen = {
	.map_ring = map_ring,
	.map_own_ring = map_own_ring,
	.unmap = unmap,
	.bind = bind,
	.unbind = unbind,
	.notify = notify,
	.domain_state = domain_state,
};

const struct hv *hv_xen_open(void)
{
	int fd;

	evtchn = xenevtchn_open(NULL, 0);
	if (!evtchn) {
		dlog("no event channels (%s): load the xen-evtchn module, or use --no-dom0",
		     strerror(errno));
		return NULL;
	}
	fd = xenevtchn_fd(evtchn);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);

	call = xencall_open(NULL, 0);
	domctl = call ? xencall_alloc_buffer_pages(call, 1) : NULL;
	if (!domctl) {
		dlog("no hypercalls (%s): load the xen-privcmd module, or use --no-dom0",
		     strerror(errno));
		return NULL;
	}
	/* Either of the two is enough to reach guests. */
	gnttab = xengnttab_open(NULL, 0);
	foreign = xenforeignmemory_open(NULL, 0);
	if (!gnttab && !foreign) {
		dlog("no grant mappings (%s): load the xen-gntdev module", strerror(errno));
		return NULL;
	}
	/* One page a guest; domain ids end at 0x7ff0. */
	if (gnttab)
		xengnttab_set_max_grants(gnttab, DOMID_FIRST_RESERVED);

	deaths_port = xenevtchn_bind_virq(evtchn, VIRQ_DOM_EXC);
	if (deaths_port < 0)
		dlog("cannot bind VIRQ_DOM_EXC (%s): dead domains go unnoticed until released",
		     strerror(errno));
	return &xen;
}

int hv_xen_event_fd(void)
{
	return xenevtchn_fd(evtchn);
}

int hv_xen_next_event(bool *deaths)
{
	xenevtchn_port_or_error_t port = xenevtchn_pending(evtchn);

	if (port < 0)
		return -EAGAIN;
	*deaths = port == deaths_port;
	/* Unmask first: what comes in while the ring is read fires again. */
	xenevtchn_unmask(evtchn, (evtchn_port_t)port);
	return port;
}
