/* SPDX-License-Identifier: MIT */
/*
 * Xen's ELF notes.
 */
#include "kernel/notes.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <xen/elfnote.h>

static uint64_t align4(uint64_t v)
{
	return (v + 3) & ~3UL;
}

/* A number of 4 or 8 bytes; other sizes read as zero-extended little endian. */
static uint64_t note_number(const uint8_t *desc, uint64_t size)
{
	uint64_t v = 0;

	memcpy(&v, desc, size < sizeof(v) ? size : sizeof(v));
	return v;
}

static void note_text(char *out, size_t room, const uint8_t *desc, uint64_t size)
{
	size_t n = size < room - 1 ? size : room - 1;

	memcpy(out, desc, n);
	out[n] = '\0';
}

static void take_note(struct pv_notes *n, uint32_t type, const uint8_t *desc, uint64_t size)
{
	n->any = true;
	switch (type) {
	case XEN_ELFNOTE_ENTRY: n->entry = note_number(desc, size); break;
	case XEN_ELFNOTE_HYPERCALL_PAGE: n->hypercall_page = note_number(desc, size); break;
	case XEN_ELFNOTE_VIRT_BASE: n->virt_base = note_number(desc, size); break;
	case XEN_ELFNOTE_PADDR_OFFSET: n->paddr_offset = note_number(desc, size); break;
	case XEN_ELFNOTE_INIT_P2M: n->init_p2m = note_number(desc, size); break;
	case XEN_ELFNOTE_HV_START_LOW: n->hv_start_low = note_number(desc, size); break;
	case XEN_ELFNOTE_MOD_START_PFN: n->mod_start_pfn = note_number(desc, size) != 0; break;
	case XEN_ELFNOTE_SUSPEND_CANCEL: n->suspend_cancel = note_number(desc, size) != 0; break;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
		n->supported_features |= (uint32_t)note_number(desc, size);
		break;
	case XEN_ELFNOTE_L1_MFN_VALID:
		if (size < 16)
			break;
		n->mfn_valid = true;
		n->mfn_valid_mask = note_number(desc, 8);
		n->mfn_valid_value = note_number(desc + 8, 8);
		break;
	case XEN_ELFNOTE_GUEST_OS: note_text(n->guest_os, sizeof(n->guest_os), desc, size); break;
	case XEN_ELFNOTE_GUEST_VERSION:
		note_text(n->guest_version, sizeof(n->guest_version), desc, size);
		break;
	case XEN_ELFNOTE_XEN_VERSION:
		note_text(n->xen_version, sizeof(n->xen_version), desc, size);
		break;
	case XEN_ELFNOTE_LOADER: note_text(n->loader, sizeof(n->loader), desc, size); break;
	case XEN_ELFNOTE_FEATURES: note_text(n->features, sizeof(n->features), desc, size); break;
	default: break;
	}
}

/* One area: header, name, description, each padded to 4 bytes, until it ends. */
static void parse_area(const uint8_t *p, uint64_t left, struct pv_notes *n)
{
	while (left >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr nh;
		uint64_t name, desc;

		memcpy(&nh, p, sizeof(nh));
		p += sizeof(nh);
		left -= sizeof(nh);
		name = align4(nh.n_namesz);
		desc = align4(nh.n_descsz);
		if (name > left || nh.n_descsz > left - name)
			return;
		if (nh.n_namesz == 4 && memcmp(p, "Xen", 4) == 0)
			take_note(n, nh.n_type, p + name, nh.n_descsz);
		/* The last description may lack its padding. */
		if (desc > left - name)
			return;
		p += name + desc;
		left -= name + desc;
	}
}

/*
 * A feature written with '!' is one the kernel cannot do without.  A PV domain
 * here has its own page tables in machine frames, so whatever asks for
 * translated memory cannot be met; the rest is met or not needed.
 */
static const char *check_features(const struct pv_notes *n)
{
	static const char *const unmet[] = { "!auto_translated_physmap", "!hvm_callback_vector" };

	for (size_t i = 0; i < sizeof(unmet) / sizeof(unmet[0]); i++)
		if (strstr(n->features, unmet[i]))
			return "the kernel insists on translated memory, which PV guests lack";
	return NULL;
}

const char *notes_parse(const void *file, const struct elf_image *img, struct pv_notes *n)
{
	memset(n, 0, sizeof(*n));
	n->entry = NOTES_UNSET;
	n->virt_base = NOTES_UNSET;
	n->paddr_offset = NOTES_UNSET;
	n->hypercall_page = NOTES_UNSET;
	n->init_p2m = NOTES_UNSET;
	n->hv_start_low = NOTES_UNSET;

	for (size_t i = 0; i < img->nr_notes; i++)
		parse_area((const uint8_t *)file + img->notes[i].offset, img->notes[i].size, n);

	if (!n->any)
		return "the kernel has no Xen notes: it was built without CONFIG_XEN_PV";
	if (n->loader[0] && strcmp(n->loader, "generic") != 0)
		return "the kernel asks for a loader other than \"generic\"";
	if (n->virt_base == NOTES_UNSET)
		return "the kernel has no VIRT_BASE note, so it is no PV kernel";
	/* Without an offset, ELF physical addresses start at the virtual base. */
	if (n->paddr_offset == NOTES_UNSET)
		n->paddr_offset = n->virt_base;
	if (n->entry == NOTES_UNSET)
		n->entry = img->entry;
	return check_features(n);
}
