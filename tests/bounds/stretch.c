/* SPDX-License-Identifier: MIT */
/*
 * A QEMU plugin that finds the hypervisor's longest stretches of instructions
 *
 *   off     with interrupts off;
 *   poll    between two points at which other work that waits would be seen: a
 *           read of the word of pending softirqs, the exit to a guest, the idle loop;
 *   served  from the raising of a softirq until softirqs are run.
 *
 * Everything is derived from which instructions run: an entry stub turns
 * interrupts off and begins, sti and cli speak for themselves, iretq and
 * sysretq end.  The hypervisor has no popf but one, in SYSENTER's stub, where
 * interrupts are off.  Counts are exact; a repeated string instruction counts
 * once for each repetition, as it does for -icount.  One CPU only.
 *
 * Debian's QEMU 7.2 loads plugins but does not package their header, so the few
 * functions used are declared here.
 *
 *   -plugin stretch.so,syms=FILE,out=FILE
 *
 * FILE of syms is `nm -n lamina.syms`.  Measuring begins when the first guest
 * is entered, so what happens at boot is left out.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void insn_fn(unsigned int cpu, void *data);
typedef void mem_fn(unsigned int cpu, uint32_t info, u64 va, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(u64 id, void (*fn)(u64 id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, insn_fn *fn, int flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, insn_fn *fn, int flags,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						u64 imm);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_fn *fn, int flags, int rw,
				      void *data);
void qemu_plugin_register_atexit_cb(u64 id, void (*fn)(u64 id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
u64 qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

#define CB_NO_REGS     0
#define INLINE_ADD_U64 0
#define MEM_RW	       3

/* x86/layout.h: the image and the CPU blocks with their copies of the SYSCALL stubs. */
#define TEXT_START 0xffff808000000000ULL
#define BLOCKS	   0xffff808040000000ULL
#define TEXT_END   0xffff810000000000ULL

/* ---- symbols ---- */

struct function {
	u64 start;
	char name[60];
	u64 count[3], epoch[3]; /* instructions in the present stretch of each kind */
};

static struct function *functions;
static size_t nr_functions;

static struct function *function_at(u64 pc)
{
	size_t low = 0, high = nr_functions;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (functions[middle].start <= pc)
			low = middle;
		else
			high = middle;
	}
	return &functions[low];
}

static u64 symbol(const char *name)
{
	for (size_t i = 0; i < nr_functions; i++)
		if (!strcmp(functions[i].name, name))
			return functions[i].start;
	fprintf(stderr, "stretch: there is no symbol %s\n", name);
	exit(1);
}

static bool read_symbols(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[256];

	if (!in)
		return false;
	functions = calloc(20000, sizeof(*functions));
	while (fgets(line, sizeof(line), in) && nr_functions < 20000) {
		struct function *f = &functions[nr_functions];
		char kind;

		if (sscanf(line, "%lx %c %59s", &f->start, &kind, f->name) == 3 &&
		    (kind == 't' || kind == 'T'))
			nr_functions++;
	}
	fclose(in);
	return nr_functions != 0;
}

static u64 pc_stubs, pc_stubs_end, pc_iretq_nested, pc_lstar;

/* The copy of SYSCALL's stub in a CPU's block goes by the template's name. */
static struct function *function_of(u64 pc)
{
	return function_at(pc < BLOCKS ? pc : pc_lstar);
}

/* ---- what is known of the processor ---- */

#define DEPTH 16

static u64 now;	     /* instructions of the hypervisor so far */
static bool inside;  /* the hypervisor runs */
static bool started; /* a guest has run */
static bool masked;  /* interrupts are off */
static bool outer[DEPTH];
static unsigned int depth;	 /* entries from within the hypervisor */
static u64 softirq_word;	 /* address of CPU 0's word of pending softirqs */
static struct function *handler; /* of the hypercall, or how the hypervisor was entered */

/* ---- stretches ---- */

enum kind { OFF, POLL, SERVED };
static const char *const kind_names[] = { "off", "poll", "served" };

static struct stretch {
	bool open;
	u64 since, from, epoch;
	struct function *most;
} stretches[3];

struct record {
	enum kind kind;
	struct function *handler, *from, *to, *most;
	u64 longest, most_count, times;
	struct record *next;
};
static struct record *records;

static void begin(enum kind kind, u64 pc)
{
	struct stretch *s = &stretches[kind];

	s->open = true;
	s->since = now;
	s->from = pc;
	s->epoch++;
	s->most = NULL;
}

static void end(enum kind kind, u64 pc)
{
	struct stretch *s = &stretches[kind];
	struct function *from, *to;
	u64 length = now - s->since;
	struct record *r;

	if (!s->open)
		return;
	s->open = false;
	if (!started || length < 500)
		return;
	from = function_of(s->from);
	to = function_of(pc);
	for (r = records; r; r = r->next)
		if (r->kind == kind && r->handler == handler && r->from == from && r->to == to &&
		    r->most == s->most)
			break;
	if (!r) {
		r = calloc(1, sizeof(*r));
		*r = (struct record){ kind, handler, from, to, s->most, .next = records };
		records = r;
	}
	r->times++;
	if (length > r->longest) {
		r->longest = length;
		r->most_count = s->most ? s->most->count[kind] : 0;
	}
}

/* ---- what instructions mean ---- */

static void set_masked(bool off, u64 pc)
{
	if (off && !masked)
		begin(OFF, pc);
	else if (!off && masked)
		end(OFF, pc);
	masked = off;
}

static void enter(u64 pc)
{
	inside = true;
	masked = false;
	depth = 0;
	handler = function_of(pc);
	set_masked(true, pc);
	begin(POLL, pc);
}

static void leave(u64 pc)
{
	set_masked(false, pc);
	end(POLL, pc);
	inside = false;
	started = true;
}

static void on_sti(unsigned int cpu, void *data)
{
	set_masked(false, (u64)data);
}

static void on_cli(unsigned int cpu, void *data)
{
	set_masked(true, (u64)data);
}

static void on_return(unsigned int cpu, void *data)
{
	u64 pc = (u64)data;

	if (pc != pc_iretq_nested)
		leave(pc);
	else if (depth)
		set_masked(outer[--depth % DEPTH], pc);
}

static void on_load(unsigned int cpu, uint32_t info, u64 va, void *data)
{
	u64 pc = (u64)data;

	if (!softirq_word || va != softirq_word || !inside)
		return;
	end(POLL, pc);
	begin(POLL, pc);
	if (!strcmp(function_at(pc)->name, "softirq_run"))
		end(SERVED, pc);
}

static void on_raise(unsigned int cpu, uint32_t info, u64 va, void *data)
{
	u64 pc = (u64)data;

	softirq_word = va;
	if (!stretches[SERVED].open)
		begin(SERVED, pc);
}

struct block {
	u64 pc, insns;
	struct function *function;
	bool stub, hypercall;
};

static void on_block(unsigned int cpu, void *data)
{
	const struct block *b = data;
	struct function *f = b->function;

	if (!inside) {
		enter(b->pc);
	} else if (b->stub) {
		outer[depth++ % DEPTH] = masked;
		set_masked(true, b->pc);
	}
	if (b->hypercall && !depth)
		handler = f;
	for (int k = 0; k < 3; k++) {
		struct stretch *s = &stretches[k];

		if (!s->open)
			continue;
		if (f->epoch[k] != s->epoch) {
			f->epoch[k] = s->epoch;
			f->count[k] = 0;
		}
		f->count[k] += b->insns;
		if (!s->most || f->count[k] > s->most->count[k])
			s->most = f;
	}
}

/* ---- translation ---- */

static void watch(struct qemu_plugin_insn *insn, u64 pc, const struct function *f)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);
	bool lock = code[0] == 0xf0, raising = !strncmp(f->name, "softirq_raise", 13);
	insn_fn *fn = NULL;

	qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &now, 1);
	if (size == 1 && code[0] == 0xfb)
		fn = on_sti;
	else if (size == 1 && code[0] == 0xfa)
		fn = on_cli;
	else if ((code[0] == 0x48 && code[1] == 0xcf) ||		  /* iretq */
		 (code[0] == 0x48 && code[1] == 0x0f && code[2] == 0x07)) /* sysretq */
		fn = on_return;
	if (fn)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, fn, CB_NO_REGS, (void *)pc);
	else if (raising && lock)
		qemu_plugin_register_vcpu_mem_cb(insn, on_raise, CB_NO_REGS, MEM_RW, (void *)pc);
	else if (!raising && !lock && (code[0] & 0xf8) != 0x48)
		qemu_plugin_register_vcpu_mem_cb(insn, on_load, CB_NO_REGS, MEM_RW, (void *)pc);
}

static void on_translate(u64 id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	u64 pc = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	struct block *b;

	if (pc < TEXT_START || pc >= TEXT_END)
		return;
	b = calloc(1, sizeof(*b));
	b->pc = pc;
	b->insns = n;
	b->function = function_of(pc);
	b->stub = pc >= pc_stubs && pc < pc_stubs_end && !((pc - pc_stubs) % 32);
	b->hypercall = pc == b->function->start && !strncmp(b->function->name, "hypercall_", 10) &&
		       strcmp(b->function->name, "hypercall_dispatch") != 0 &&
		       strcmp(b->function->name, "hypercall_call") != 0;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, CB_NO_REGS, b);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		watch(insn, qemu_plugin_insn_vaddr(insn), b->function);
	}
}

/* ---- the end ---- */

static const char *out_path = "stretch.out";

static void on_exit_(u64 id, void *data)
{
	FILE *out = fopen(out_path, "w");

	if (!out)
		return;
	fprintf(out, "total %lu\n", now);
	for (struct record *r = records; r; r = r->next)
		fprintf(out, "%s %lu %lu %s %s %s %s %lu\n", kind_names[r->kind], r->longest,
			r->times, r->handler ? r->handler->name : "-", r->from->name, r->to->name,
			r->most ? r->most->name : "-", r->most_count);
	fclose(out);
}

__attribute__((visibility("default"))) int qemu_plugin_install(u64 id, const void *info, int argc,
							       char **argv)
{
	bool symbols = false;

	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "syms=", 5))
			symbols = read_symbols(argv[i] + 5);
		else if (!strncmp(argv[i], "out=", 4))
			out_path = strdup(argv[i] + 4);
	}
	if (!symbols) {
		fprintf(stderr, "stretch: syms=FILE is needed\n");
		return 1;
	}
	pc_stubs = symbol("entry_stubs_code");
	pc_stubs_end = pc_stubs + 256 * 32;
	pc_lstar = symbol("entry_stub_lstar");
	pc_iretq_nested = symbol("entry_iretq_nested");
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_exit_, NULL);
	return 0;
}
