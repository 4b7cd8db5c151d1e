/* SPDX-License-Identifier: MIT */
/*
 * What a present entry holds: references and uses of the frame behind it.
 *
 * An entry for RAM always holds a general reference, an entry for anything
 * else never, and a frame that is not RAM never has references: so whether an
 * entry holds one can be told from the frame alone when it goes.
 */
#include "paging/mapping.h"
#include "domain/access.h"
#include "frame/hostmap.h"
#include "frame/type.h"

struct domain *mapping_domain(const struct frame *f)
{
	return container_of(owner_pool(f->owner), struct domain, pool);
}

int mapping_get_mmio(const struct domain *d, u16 owner, u64 *e)
{
	mfn_t m = pte_mfn((pte_t){ *e });

	if (owner != d->id && owner != FRAME_OWNER_IO)
		return -EINVAL;
	if (hostmap_is_ram(m))
		return -EINVAL;
	if (access_mmio(d, m.v, 1))
		return 0;
	if (!access_mmio_readonly(d, m))
		return -EINVAL;
	*e &= ~PTE_RW; /* drivers ask for both; the write that never comes would fault */
	return 0;
}

int mapping_get(struct domain *d, u16 owner, u64 *e)
{
	struct frame *f = owner_get(pte_mfn((pte_t){ *e }), owner);

	if (unlikely(!f))
		return mapping_get_mmio(d, owner, e);
	if (unlikely(owner != d->id))
		owner_mark_abroad(f);
	if ((*e & PTE_RW) && unlikely(type_get(f, FRAME_WRITABLE))) {
		owner_put(f);
		return -EINVAL;
	}
	/*
	 * All RAM is write-back: a second memory type for a frame would let a
	 * guest look behind the caches, at what its former owner left in memory.
	 */
	*e &= ~ENTRY_CACHE;
	return 0;
}

void mapping_put(const struct domain *d, u64 e)
{
	struct frame *f = mapping_frame(pte_mfn((pte_t){ e }));

	if (!f)
		return;
	if (e & PTE_RW)
		type_put(f, false);
	else
		owner_stamp(f);
	owner_put(f);
}

int mapping_get_child(const struct domain *d, unsigned int level, u64 e)
{
	return type_get_owned(pte_mfn((pte_t){ e }), d->id, (enum frame_type)(FRAME_L1 + level - 2));
}

int mapping_put_child(u64 e, bool preemptible)
{
	struct frame *f = frame_of(pte_mfn((pte_t){ e }));
	int r = type_put(f, preemptible);

	if (!r)
		owner_put(f);
	return r;
}
