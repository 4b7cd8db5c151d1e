/* SPDX-License-Identifier: MIT */
/*
 * A domain's memory: giving it frames, mapping them here, pinning its tables.
 */
#pragma once

#include "hv/abi.h"
#include "hv/hv.h"

/*
 * memory_populate - give frames to a domain.
 * @pfns: pages 0 to @count - 1 of the pseudo-physical map are populated; entry
 * i gets the machine frame of page i.  2 MiB pieces are tried first, single
 * pages where those run out.
 * -ENOMEM when the machine has not enough; what was given stays with the
 * domain (destroy it).
 */
int memory_populate(struct hv *hv, uint32_t domid, uint64_t *mfns, uint64_t count);

/*
 * memory_claim - set frames aside for a domain, so that giving it its memory
 * cannot fail half way.
 * @pages: how many it is to have in the end; 0 gives back what it has not used.
 * -ENOMEM if that many are not free.
 */
int memory_claim(struct hv *hv, uint32_t domid, uint64_t pages);

/* memory_set_map - the guest's memory map: one RAM range from 0 of @bytes. */
int memory_set_map(struct hv *hv, uint32_t domid, uint64_t bytes);

/*
 * memory_map - map frames of a domain here, readable and writable.
 * @mfns: machine frames, @count of them.  Returns NULL with errno set on error.
 */
void *memory_map(struct hv *hv, uint32_t domid, const uint64_t *mfns, size_t count);

/*
 * memory_map_some - map frames of a domain here, read-only, as many as can be.
 * @errors: @count results, 0 or a negative errno; a frame with an error must
 * not be touched.  Returns NULL with errno set if nothing could be mapped.
 */
const void *memory_map_some(struct hv *hv, uint32_t domid, const uint64_t *mfns, int *errors,
			    size_t count);

void memory_unmap(struct hv *hv, const void *addr, size_t count);

/*
 * memory_map_grants - map the first frame of a domain's grant table here.
 * @res: handle to give to memory_unmap_grants().
 */
struct memory_grants {
	xenforeignmemory_resource_handle *res;
	void *addr;
};
int memory_map_grants(struct hv *hv, uint32_t domid, struct memory_grants *g);
void memory_unmap_grants(struct hv *hv, struct memory_grants *g);

/*
 * memory_pin_root - validate a domain's top-level table at machine frame
 * @mfn and all below, and keep it validated.  -EINVAL if a rule is broken.
 */
int memory_pin_root(struct hv *hv, uint32_t domid, uint64_t mfn);
