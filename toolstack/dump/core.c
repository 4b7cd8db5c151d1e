/* SPDX-License-Identifier: MIT */
/*
 * The file of a core dump.  Note types are those of <xen/elfnote.h>; their
 * contents follow the format's version 1.
 */
#include "dump/core.h"

#include <elf.h>
#include <string.h>
#include <xen/elfnote.h>

#include "hv/sysctl.h"

#define MAGIC_PV       0xF00FEBEDULL
#define FORMAT_VERSION 1ULL

struct note_header {
	Elf64_Nhdr n;
	char name[4]; /* "Xen" */
};

struct notes {
	struct note_header none;
	struct note_header header;
	uint64_t magic, nr_vcpus, nr_pages, page_size;
	struct note_header version;
	struct {
		uint64_t major, minor;
		xen_extraversion_t extra;
		struct xen_compile_info compile_info;
		xen_capabilities_info_t capabilities;
		xen_changeset_info_t changeset;
		struct xen_platform_parameters platform;
		uint64_t page_size;
	} v;
	struct note_header format;
	uint64_t format_version;
};

static const char names[] = "\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_shared_info\0.xen_p2m\0"
			    ".xen_pages";

struct file {
	Elf64_Ehdr elf;
	Elf64_Shdr sections[7];
	char names[sizeof(names)] __attribute__((aligned(8)));
	struct notes notes __attribute__((aligned(8)));
};

_Static_assert(sizeof(struct file) <= CORE_HEADER_BYTES, "the header has room");

void core_layout(struct core_layout *l, uint32_t nr_vcpus, uint64_t nr_pages)
{
	l->nr_vcpus = nr_vcpus;
	l->nr_pages = nr_pages;
	l->registers = CORE_HEADER_BYTES;
	l->shared_info = l->registers + nr_vcpus * sizeof(vcpu_guest_context_t);
	l->table = l->shared_info + HV_PAGE_SIZE;
	l->pages = (l->table + nr_pages * sizeof(struct core_page) + HV_PAGE_SIZE - 1) & HV_PAGE_MASK;
	l->end = l->pages + nr_pages * HV_PAGE_SIZE;
}

static struct note_header note(uint32_t type, size_t bytes)
{
	struct note_header h = { .n = { .n_namesz = 4, .n_descsz = (uint32_t)bytes, .n_type = type } };

	memcpy(h.name, "Xen", 4);
	return h;
}

static void fill_notes(struct notes *n, const struct core_layout *l, const struct hv_version *v)
{
	n->none = note(XEN_ELFNOTE_DUMPCORE_NONE, 0);
	n->header = note(XEN_ELFNOTE_DUMPCORE_HEADER, 4 * sizeof(uint64_t));
	n->magic = MAGIC_PV;
	n->nr_vcpus = l->nr_vcpus;
	n->nr_pages = l->nr_pages;
	n->page_size = HV_PAGE_SIZE;
	n->version = note(XEN_ELFNOTE_DUMPCORE_XEN_VERSION, sizeof(n->v));
	n->v.major = v->major;
	n->v.minor = v->minor;
	n->v.page_size = v->page_size;
	n->v.platform.virt_start = v->virt_start;
	/* Each of ours is a byte longer than the format's and padded with zeroes. */
	memcpy(n->v.extra, v->extra, sizeof(n->v.extra));
	memcpy(n->v.capabilities, v->caps, sizeof(n->v.capabilities));
	memcpy(n->v.changeset, v->changeset, sizeof(n->v.changeset));
	memcpy(n->v.compile_info.compiler, v->compiler, sizeof(n->v.compile_info.compiler));
	memcpy(n->v.compile_info.compile_by, v->compiled_by, sizeof(n->v.compile_info.compile_by));
	memcpy(n->v.compile_info.compile_date, v->compile_date,
	       sizeof(n->v.compile_info.compile_date));
	n->format = note(XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION, sizeof(n->format_version));
	n->format_version = FORMAT_VERSION;
}

/* Where a section's name begins in the table of names. */
static Elf64_Word name_at(const char *name)
{
	Elf64_Word at = 1;

	while (strcmp(names + at, name) != 0)
		at += (Elf64_Word)strlen(names + at) + 1;
	return at;
}

static Elf64_Shdr section(const char *name, Elf64_Word type, uint64_t at, uint64_t bytes,
			  uint64_t each)
{
	return (Elf64_Shdr){
		.sh_name = name_at(name),
		.sh_type = type,
		.sh_offset = at,
		.sh_size = bytes,
		.sh_entsize = each,
		.sh_addralign = 8,
	};
}

void core_header(void *buf, const struct core_layout *l, const struct hv_version *v)
{
	const uint64_t context = sizeof(vcpu_guest_context_t), entry = sizeof(struct core_page);
	struct file *f = buf;

	memset(buf, 0, CORE_HEADER_BYTES);
	f->elf = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = offsetof(struct file, sections),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 7,
		.e_shstrndx = 1,
	};
	f->sections[1] =
		section(".shstrtab", SHT_STRTAB, offsetof(struct file, names), sizeof(names), 0);
	f->sections[2] =
		section(".note.Xen", SHT_NOTE, offsetof(struct file, notes), sizeof(f->notes), 0);
	f->sections[3] =
		section(".xen_prstatus", SHT_PROGBITS, l->registers, l->nr_vcpus * context, context);
	f->sections[4] = section(".xen_shared_info", SHT_PROGBITS, l->shared_info, HV_PAGE_SIZE,
				 HV_PAGE_SIZE);
	f->sections[5] = section(".xen_p2m", SHT_PROGBITS, l->table, l->nr_pages * entry, entry);
	f->sections[6] = section(".xen_pages", SHT_PROGBITS, l->pages, l->nr_pages * HV_PAGE_SIZE,
				 HV_PAGE_SIZE);
	memcpy(f->names, names, sizeof(names));
	fill_notes(&f->notes, l, v);
}
