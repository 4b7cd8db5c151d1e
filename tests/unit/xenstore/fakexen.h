/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor of files and the guests on it agree on.
 */
#pragma once

#define FAKEXEN_PAGE	4096
#define FAKEXEN_DOMAINS 16

/* The port by which the daemon hears of deaths. */
#define FAKEXEN_DEATHS 1
/* A domain's end of its channel, and the daemon's. */
#define FAKEXEN_REMOTE(domid) (40u + (domid))
#define FAKEXEN_LOCAL(domid)  (1000u + (domid))
