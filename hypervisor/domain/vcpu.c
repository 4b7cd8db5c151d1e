/* SPDX-License-Identifier: MIT */
/*
 * A virtual CPU's bare structure.
 */
#include "domain/vcpu.h"

#include "frame/alloc.h"

struct vcpu *vcpu_alloc(struct domain *d, unsigned int id)
{
	struct vcpu *v = alloc_bytes(sizeof(*v));
	unsigned int i;

	if (!v)
		return NULL;
	v->id = id;
	v->domain = d;
	v->pause_flags = 1U << VCPU_DOWN;
	v->info = &v->info_dummy;
	v->info_mfn = INVALID_MFN;
	v->root = v->root_user = INVALID_MFN;
	v->in_kernel = true;
	for (i = 0; i < ARRAY_SIZE(v->gdt_frames); i++)
		v->gdt_frames[i] = INVALID_MFN;
	for (i = 0; i < ARRAY_SIZE(v->ldt_frames); i++)
		v->ldt_frames[i] = INVALID_MFN;
	return v;
}

void vcpu_free(struct vcpu *v)
{
	if (v->stock.cleaning.v)
		alloc_free_frames(v->stock.cleaning, v->stock.order);
	while (v->stock.ready.count)
		alloc_free_frames(chain_pop(&v->stock.ready), v->stock.order);
	while (v->stolen.frames.count)
		alloc_free_frames(chain_pop(&v->stolen.frames), 0);
	alloc_free_bytes(v);
}
