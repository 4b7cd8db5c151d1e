/* SPDX-License-Identifier: MIT */
/*
 * Counts of requests.
 */
#include "daemon/traffic.h"

#include <xen/io/xs_wire.h>

static struct traffic retired;

void traffic_count(struct traffic *traffic, uint32_t type)
{
	switch (type) {
	case XS_READ:
	case XS_DIRECTORY:
	case XS_DIRECTORY_PART:
	case XS_GET_PERMS: traffic->reads++; break;
	case XS_WRITE:
	case XS_MKDIR:
	case XS_RM:
	case XS_SET_PERMS: traffic->writes++; break;
	default: traffic->others++; break;
	}
}

void traffic_retire(const struct traffic *traffic)
{
	retired.reads += traffic->reads;
	retired.writes += traffic->writes;
	retired.others += traffic->others;
	retired.events += traffic->events;
}

const struct traffic *traffic_retired(void)
{
	return &retired;
}
