/* SPDX-License-Identifier: MIT */
/*
 * Bringing a domain and its vCPUs into being: an ordered table of the layers'
 * init functions, undone backwards on failure.
 */
#pragma once

#include "domain/vcpu.h"

struct create_params {
	u16 domid;
	bool privileged, hardware;
	unsigned int max_vcpus;
	u32 max_evtchn_port, max_grant_frames, max_maptrack_frames;
	u32 ssidref;
	u8 uuid[16];
};

/* A new paused domain (controller pause held), published, without vCPUs; NULL and *@error on failure. */
struct domain *create_domain(const struct create_params *p, int *error) __must_check;
/* vCPU @id of @d, down. */
int create_vcpu(struct domain *d, unsigned int id) __must_check;
