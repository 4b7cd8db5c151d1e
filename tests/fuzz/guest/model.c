/* SPDX-License-Identifier: MIT */
/*
 * What the guest believes to have, and numbers made from that.
 */
#include "fuzz.h"

struct slot slots[MAX_SLOTS];
u8 arena[MAX_SLOTS][4096] __attribute__((aligned(4096)));

u64 odd_word(struct cpu *c)
{
	static const u64 words[] = {
		0,
		1,
		~0ULL,
		1ULL << 31,
		1ULL << 32,
		1ULL << 63,
		0x7fffffff,
		0xffffffff,
		DOMID_SELF,
		DOMID_IO,
		DOMID_XEN,
		4095,
		4096,
		HYPERVISOR_VIRT_START,
		HYPERVISOR_VIRT_START - 8,
		0xffff830000000000,
		0xffff87fffffffff8,
		0x800000000000,
		0x7ffffffff000,
		0x5000,
		0xfffffffffffff000,
		~0ULL >> 12,
	};
	u64 r = rnd(c);

	switch (r & 7) {
	case 0: return r >> 60;
	case 1: return r >> 8 & 0xff;
	case 2: return r;
	case 3: return window_va(c) + (r >> 8 & 4095);
	default: return words[(r >> 8) % (sizeof(words) / sizeof(words[0]))];
	}
}

bool slot_private(const struct cpu *c, const struct slot *s)
{
	u32 i = slot_index(s);

	return i / CPU_SLOTS == c->id && i % CPU_SLOTS < OWN_SLOTS;
}

struct slot *slot_data(struct cpu *c)
{
	return &slots[c->id * CPU_SLOTS + below(c, DATA_SLOTS)];
}

struct slot *slot_own(struct cpu *c)
{
	return &slots[c->id * CPU_SLOTS + below(c, CPU_SLOTS)];
}

/* Mostly one's own, sometimes one that another vCPU shares. */
struct slot *slot_any(struct cpu *c)
{
	if (nr_cpus > 1 && one_in(c, 4))
		return &slots[below(c, nr_cpus) * CPU_SLOTS + OWN_SLOTS + below(c, CPU_SLOTS - OWN_SLOTS)];
	return slot_own(c);
}

struct slot *slot_kind(struct cpu *c, enum kind kind)
{
	for (int i = 0; i < 24; i++) {
		struct slot *s = slot_any(c);

		if (s->kind == kind && s->mfn)
			return s;
	}
	return NULL;
}

static bool core_frame(u64 mfn)
{
	u64 pfn;

	if (mfn >= 1 << 20)
		return false;
	/* Beyond the table's end a read faults; the machine has 256 MiB and a hole at its end. */
	if (mfn >= 65536)
		return false;
	pfn = ((const u64 *)HYPERVISOR_VIRT_START)[mfn];
	return pfn < start_info->nr_pages && pfn_to_mfn(pfn) == mfn;
}

u64 odd_frame(struct cpu *c)
{
	static const u64 frames[] = {
		0xfee00,    0xfec00,	      0xb8,  0xa0, 0, 0xfffff, 0xfd000,
		1ULL << 35, (1ULL << 40) - 1, 0x100,
	};
	u64 m;

	if (one_in(c, 2))
		return frames[below(c, sizeof(frames) / sizeof(frames[0]))];
	/* The builder gave the arena frames of the core's; they are fair game. */
	m = below(c, 66000);
	return core_frame(m) ? slot_own(c)->mfn : m;
}

/* Bits of an entry that a guest may or may not have business with. */
static u64 entry_bits(struct cpu *c)
{
	u64 r = rnd(c), e = PTE_P | PTE_US | PTE_A;

	if (r & 1)
		e |= PTE_D;
	if (!(r & 0x3e))
		e ^= 1ULL << (r >> 8 & 15) % 12;
	if (!(r & 0xf000))
		e |= PTE_NX;
	if (!(r & 0xf0000))
		e |= 0xe00;
	return e;
}

static u64 entry_l1(struct cpu *c)
{
	u64 e = entry_bits(c);
	u32 r = below(c, 100);

	if (r < 15)
		return r < 10 ? 0 : e & ~PTE_P;
	if (r < 55)
		return pte_of(slot_data(c)->mfn, e | PTE_RW);
	if (r < 90)
		return pte_of(slot_any(c)->mfn, e & ~PTE_RW);
	if (r < 96)
		return pte_of(slot_any(c)->mfn, e | (one_in(c, 2) ? PTE_RW : 0));
	return pte_of(odd_frame(c), e | (one_in(c, 2) ? PTE_RW : 0));
}

u64 entry_for(struct cpu *c, unsigned int level)
{
	struct slot *s;
	u64 e;

	if (level == 1)
		return entry_l1(c);
	e = entry_bits(c) | (one_in(c, 8) ? 0 : PTE_RW);
	if (one_in(c, 5))
		return one_in(c, 4) ? e & ~PTE_P : 0;
	s = one_in(c, 20) ? slot_any(c) : slot_kind(c, (enum kind)(level - 1));
	if (!s || one_in(c, 40))
		return s ? pte_of(odd_frame(c), e) : 0;
	if (one_in(c, 60))
		e |= PTE_PS;
	return pte_of(s->mfn, e);
}

/* Few places, so that they meet; none that the guest itself hangs by. */
u32 index_for(struct cpu *c, unsigned int level)
{
	u32 i = one_in(c, 16) ? below(c, 512) : below(c, 8) * (one_in(c, 2) ? 1 : 37);

	if (level != 4)
		return i;
	if (one_in(c, 24))
		return 256 + below(c, 16);
	return i == 511 || i == WINDOW_SLOT ? 20 : i;
}

long slot_map(struct cpu *c, struct slot *s, enum map map)
{
	u64 e = 0;
	long rc;

	if (map == MAPPED_RO)
		e = pte_of(s->mfn, PLAIN_FLAGS & ~(PTE_RW | PTE_D));
	else if (map == MAPPED_RW)
		e = pte_of(s->mfn, PLAIN_FLAGS);
	if (!s->mfn)
		return -1;
	rc = call_now(c, __HYPERVISOR_update_va_mapping, PTR(slot_page(s)), e, UVMF_INVLPG, 0);
	if (!rc)
		s->map = (u8)map;
	return rc;
}

u64 window_va(struct cpu *c)
{
	return WINDOW_VA(c) + ((u64)below(c, WINDOWS) << 21) + ((u64)index_for(c, 1) << 12);
}
