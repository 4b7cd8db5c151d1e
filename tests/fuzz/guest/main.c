/* SPDX-License-Identifier: MIT */
/*
 * Start, the loop, and what happens at a trap.
 *
 * Options on the kernel's command line: seed=N, ops=N (operations in all),
 * vcpus=N, epoch=N (operations of a vCPU between two resets).
 */
#include "fuzz.h"

struct cpu cpus[MAX_CPUS];
unsigned int nr_cpus = 1;
u64 root_mfn;
volatile bool calls_abandoned;

static u64 seed = 1, ops_wanted = 100000, epoch_ops = 4000;
static u8 call_buffers[MAX_CPUS][BATCH + 1][CALL_BYTES] __attribute__((aligned(4096)));

#define SAY_EVERY 250000

void complain(const char *what)
{
	struct sched_shutdown s = { .reason = SHUTDOWN_poweroff };

	check(false, "seed %lu: %s (operations %lu %lu %lu %lu)", seed, what, cpus[0].ops,
	      cpus[1].ops, cpus[2].ops, cpus[3].ops);
	say("1..1\n");
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, PTR(&s));
	for (;;)
		;
}

/* Each vCPU has two stacks; whose is this address? */
struct cpu *this_cpu_of(const void *p)
{
	u64 a = PTR(p);

	if (a >= PTR(run_stack) && a < PTR(run_stack) + sizeof(run_stack))
		return &cpus[(a - PTR(run_stack)) / sizeof(run_stack[0])];
	if (a >= PTR(trap_stack) && a < PTR(trap_stack) + sizeof(trap_stack))
		return &cpus[(a - PTR(trap_stack)) / sizeof(trap_stack[0])];
	return NULL;
}

static void on_trap(struct trap *t)
{
	struct cpu *c = this_cpu_of(t);

	if (t->number == TRAP_EVENT) {
		event_handle(c);
		return;
	}
	if (t->number == 2) {
		c->nmis++;
		/* Where user mode jumped to it may go round for ever: the runner sends one to end that. */
		if (!(t->cs & 3) || !c->recover_rip)
			return;
	}
	/* Selectors of a descriptor table that has gone since: they are null now. */
	if (t->number == TRAP_FAILSAFE) {
		c->failsafes++;
		return;
	}
	if (!c->recover_rip) {
		say("trap %lu error %lx rip %lx cs %lx rsp %lx flags %lx on %u\n", t->number,
		    t->error, t->rip, t->cs, t->rsp, t->rflags, c->id);
		complain("a trap where none can be");
	}
	c->traps++;
	t->cs = FLAT_KERNEL_CS & ~3;
	t->ss = FLAT_KERNEL_SS;
	t->rflags = 0x202;
	t->rip = c->recover_rip;
	t->rsp = c->recover_rsp;
	t->rbp = c->recover_rbp;
	c->recover_rip = 0;
}

static void register_traps(void)
{
	for (unsigned int i = 0; i < 259; i++)
		trap_set(i, on_trap);
}

/* As the library's try_call(), with a way back for each vCPU. */
__attribute__((noinline)) bool attempt(struct cpu *c, void (*fn)(void *arg), void *arg)
{
	struct cpu *at = c;
	bool ok;

	__asm__ volatile(
		"lea 1f(%%rip), %%rax\n\t"
		"mov %%rsp, %c[rsp](%[at])\n\t"
		"mov %%rbp, %c[rbp](%[at])\n\t"
		"mov %%rax, %c[rip](%[at])\n\t"
		"call *%[fn]\n\t"
		"movb $1, %%al\n\t"
		"jmp 2f\n"
		"1:\n\t"
		"movb $0, %%al\n"
		"2:\n\t"
		: "=&a"(ok), "+D"(arg), [at] "+S"(at), [fn] "+d"(fn)
		: [rip] "i"(offsetof(struct cpu, recover_rip)),
		  [rsp] "i"(offsetof(struct cpu, recover_rsp)), [rbp] "i"(offsetof(struct cpu, recover_rbp))
		: "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
	c->recover_rip = 0;
	return ok;
}

long issue(struct cpu *c, struct call *k)
{
	long rc = hypercall(k->nr, k->a[0], k->a[1], k->a[2], k->a[3], k->a[4]);

	c->calls++;
	c->depth += rc >= 0;
	if (k->post)
		k->post(c, k, rc);
	return rc;
}

long call_now(struct cpu *c, u64 nr, u64 a1, u64 a2, u64 a3, u64 a4)
{
	long rc = hypercall(nr, a1, a2, a3, a4, 0);

	c->calls++;
	c->ops++;
	c->depth += rc >= 0;
	return rc;
}

static const struct op *const op_lists[] = {
	ops_paging, ops_event, ops_grant, ops_memory, ops_processor, ops_other, ops_domain,
};

/* One table of a thousand or so, so that a draw is one look. */
static const struct op *draw[4096];
static unsigned int nr_draw;

static void build_draw(void)
{
	for (unsigned int l = 0; l < sizeof(op_lists) / sizeof(op_lists[0]); l++)
		for (const struct op *o = op_lists[l]; o->name; o++)
			for (unsigned int i = 0; i < o->weight && nr_draw < 4096; i++)
				draw[nr_draw++] = o;
}

/* Spoil one argument; not of calls that end the guest if they are taken at their word. */
static void mutate(struct cpu *c, struct call *k)
{
	unsigned int i = below(c, 4);

	switch (k->nr) {
	case __HYPERVISOR_set_callbacks:
	case __HYPERVISOR_set_trap_table:
	case __HYPERVISOR_stack_switch:
	case __HYPERVISOR_callback_op: return;
	case __HYPERVISOR_memory_op:
	case __HYPERVISOR_vcpu_op:
	case __HYPERVISOR_domctl:
	case __HYPERVISOR_platform_op:
	case __HYPERVISOR_physdev_op:
	case __HYPERVISOR_event_channel_op:
		if (!i)
			return;
		break;
	case __HYPERVISOR_update_va_mapping:
	case __HYPERVISOR_update_va_mapping_otherdomain:
		if (!i)
			return;
		break;
	case __HYPERVISOR_mmuext_op:
		/* Among operations that nobody made, one may take the user root away. */
		if (i < 2)
			c->user_root = false;
		/* fallthrough */
	case __HYPERVISOR_mmu_update:
		/* Where the count done cannot be written, a check stays unfinished. */
		calls_abandoned |= i == 2;
		break;
	case __HYPERVISOR_sched_op: /* zeroes end a domain */
	case __HYPERVISOR_set_debugreg:
	case __HYPERVISOR_grant_table_op: return;
	}
	k->a[i] = odd_word(c);
	k->post = NULL;
}

static bool make_call(struct cpu *c, const struct op *o, struct call *k)
{
	k->nr = ~0ULL;
	k->post = NULL;
	k->count = 1;
	k->a[0] = k->a[1] = k->a[2] = k->a[3] = k->a[4] = 0;
	o->make(c, k);
	if (k->nr == ~0ULL)
		return false;
	if (one_in(c, 24))
		mutate(c, k);
	return true;
}

static void run_multicall(struct cpu *c)
{
	multicall_entry_t *m = (multicall_entry_t *)c->multi;
	u32 want = 1 + below(c, BATCH), n = 0;
	long rc;

	for (unsigned int tries = 0; n < want && tries < 32; tries++) {
		const struct op *o = draw[below(c, nr_draw)];

		if (!o->make || !make_call(c, o, &c->call[n]))
			continue;
		m[n].op = c->call[n].nr;
		m[n].result = (u64)-1;
		memcpy(m[n].args, c->call[n].a, sizeof(c->call[n].a));
		m[n].args[5] = 0;
		c->ops += c->call[n].count;
		n++;
	}
	c->calls += n;
	rc = hypercall2(__HYPERVISOR_multicall, m, n);
	for (u32 i = 0; !rc && i < n; i++) {
		c->depth += (long)m[i].result >= 0;
		if (c->call[i].post)
			c->call[i].post(c, &c->call[i], (long)m[i].result);
	}
}

static void one(void *arg)
{
	struct cpu *c = arg;
	const struct op *o;

	if (one_in(c, 12)) {
		run_multicall(c);
		return;
	}
	o = draw[below(c, nr_draw)];
	if (o->run) {
		c->ops++;
		o->run(c);
	} else if (make_call(c, o, &c->call[0])) {
		c->ops += c->call[0].count;
		issue(c, &c->call[0]);
	}
}

void barrier(struct cpu *c)
{
	u32 phase = ++c->phase;

	for (unsigned int i = 0; i < nr_cpus; i++)
		while ((int)(__atomic_load_n(&cpus[i].phase, __ATOMIC_ACQUIRE) - phase) < 0)
			hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static u64 total(size_t member)
{
	u64 n = 0;

	for (unsigned int i = 0; i < nr_cpus; i++)
		n += *(u64 *)((u8 *)&cpus[i] + member);
	return n;
}

static void progress(void)
{
	say("# seed %lu operations %lu calls %lu deep %lu traps %lu upcalls %lu nmis %lu\n", seed,
	    total(offsetof(struct cpu, ops)), total(offsetof(struct cpu, calls)),
	    total(offsetof(struct cpu, depth)), total(offsetof(struct cpu, traps)),
	    total(offsetof(struct cpu, upcalls)), total(offsetof(struct cpu, nmis)));
}

static volatile bool all_done;

void cpu_main(struct cpu *c)
{
	u64 said = 0, epoch = 0;
	bool first = true;

	for (;;) {
		/* At first, too: nobody begins before all are on their own stacks. */
		if (first || c->ops - epoch >= epoch_ops) {
			first = false;
			reset_world(c);
			if (!c->id && total(offsetof(struct cpu, ops)) >= ops_wanted)
				all_done = true;
			barrier(c);
			if (all_done)
				break;
			epoch = c->ops;
		}
		attempt(c, one, c);
		if (!c->id && c->ops * nr_cpus - said >= SAY_EVERY) {
			said = c->ops * nr_cpus;
			progress();
		}
	}
	if (c->id)
		for (;;)
			hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, c->id, 0);
	progress();
	check(true, "seed %lu, %u vCPUs: everything could be taken down again", seed, nr_cpus);
	finish();
}

static u64 option(const char *name, u64 otherwise)
{
	const char *p = (const char *)start_info->cmd_line;
	u64 v = 0;

	for (; *p; p++) {
		const char *q = p, *n = name;

		while (*n && *q == *n)
			q++, n++;
		if (*n || *q != '=')
			continue;
		for (q++; *q >= '0' && *q <= '9'; q++)
			v = v * 10 + (u64)(*q - '0');
		return v;
	}
	return otherwise;
}

static void cpu_init(struct cpu *c, unsigned int id)
{
	c->id = id;
	c->random = (seed + 1) * 0x9e3779b97f4a7c15ULL ^ (u64)(id + 1) * 0xd1342543de82ef95ULL;
	for (unsigned int i = 0; i < 8; i++)
		rnd(c);
	for (unsigned int i = 0; i < BATCH; i++)
		c->call[i].buf = call_buffers[id][i];
	c->multi = call_buffers[id][BATCH];
	for (unsigned int i = 0; i < CPU_SLOTS; i++)
		slots[id * CPU_SLOTS + i] = (struct slot){
			.mfn = virt_to_mfn(arena[id * CPU_SLOTS + i]),
			.map = MAPPED_RW,
		};
}

static void begin(void)
{
	cpu_main(&cpus[0]);
}

void proof(void)
{
	seed = option("seed", seed);
	ops_wanted = option("ops", ops_wanted);
	epoch_ops = option("epoch", epoch_ops);
	nr_cpus = (unsigned int)option("vcpus", 1);
	if (nr_cpus > MAX_CPUS)
		nr_cpus = MAX_CPUS;
	root_mfn = virt_to_mfn((void *)start_info->pt_base);
	build_draw();
	for (unsigned int i = 0; i < nr_cpus; i++)
		cpu_init(&cpus[i], i);
	register_traps();
	grant_init();
	for (unsigned int i = 0; i < nr_cpus; i++)
		cpu_prepare_user(&cpus[i]);
	say("# seed %lu, %u vCPUs, %lu operations\n", seed, nr_cpus, ops_wanted);
	for (unsigned int i = 1; i < nr_cpus; i++)
		if (cpu_start(&cpus[i]))
			complain("a vCPU does not start");
	hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, PTR(trap_stack[1]));
	__asm__ volatile("mov %0, %%rsp\n\tpush $0\n\tcall *%1" ::"r"(PTR(run_stack[1])), "r"(begin)
			 : "memory");
	__builtin_unreachable();
}
