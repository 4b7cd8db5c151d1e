/* SPDX-License-Identifier: MIT */
/*
 * Path lengths: what one operation costs, in instructions.
 *
 * Run as the init of a machine under `qemu -icount shift=0,sleep=off`, where a
 * tick of the time-stamp counter is an instruction, so the differences below
 * are exact.  The same static program and the same kernel run native, on the
 * peer and here.  Prints a line `PATHLEN name instructions from least to most` for
 * each operation and powers off.
 *
 * What the kernel does of its own accord (its tick, now and then a worker that
 * takes a million instructions) falls into this operation or that, so each is
 * timed in rounds, and the middle one is told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096UL
#define PAGES  1024
#define ROUNDS 5

/* What is executed: this program, by its own name. */
static const char *self;

static uint64_t ticks(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return lo | (uint64_t)hi << 32;
}

static void die(const char *what)
{
	perror(what);
	printf("PATHLEN-FAILED %s\n", what);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	exit(1);
}

static uint64_t time_getppid(unsigned int n)
{
	uint64_t t = ticks();

	for (unsigned int i = 0; i < n; i++)
		syscall(SYS_getppid);
	return ticks() - t;
}

static uint64_t time_read(unsigned int n)
{
	static char buf[PAGE];
	int fd = open("/dev/zero", O_RDONLY);
	uint64_t t;

	if (fd < 0)
		die("open /dev/zero");
	memset(buf, 1, sizeof(buf));
	t = ticks();
	for (unsigned int i = 0; i < n; i++)
		if (read(fd, buf, sizeof(buf)) != sizeof(buf))
			die("read");
	t = ticks() - t;
	close(fd);
	return t;
}

static char *pages(unsigned int n)
{
	char *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void touch(char *p, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		((volatile char *)p)[i * PAGE] = 1;
}

static uint64_t time_fault(unsigned int n)
{
	char *p = pages(n);
	uint64_t t = ticks();

	touch(p, n);
	t = ticks() - t;
	munmap(p, n * PAGE);
	return t;
}

static uint64_t time_mprotect(unsigned int n)
{
	char *p = pages(n);
	uint64_t t;

	touch(p, n);
	t = ticks();
	if (mprotect(p, n * PAGE, PROT_READ))
		die("mprotect");
	t = ticks() - t;
	munmap(p, n * PAGE);
	return t;
}

static uint64_t time_munmap(unsigned int n)
{
	char *p = pages(n);
	uint64_t t;

	touch(p, n);
	t = ticks();
	munmap(p, n * PAGE);
	return ticks() - t;
}

static void on_signal(int sig)
{
	(void)sig;
}

static uint64_t time_signal(unsigned int n)
{
	pid_t pid = getpid();
	uint64_t t;

	signal(SIGUSR1, on_signal);
	t = ticks();
	for (unsigned int i = 0; i < n; i++)
		kill(pid, SIGUSR1);
	return ticks() - t;
}

/* Two processes pass a byte to and fro: each round trip is two switches. */
static uint64_t time_pipe(unsigned int n)
{
	int there[2], back[2];
	char c = 0;
	uint64_t t;
	pid_t pid;

	if (pipe(there) || pipe(back))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		for (unsigned int i = 0; i < n + 1; i++)
			if (read(there[0], &c, 1) != 1 || write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
		die("pipe warm-up");
	t = ticks();
	for (unsigned int i = 0; i < n; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			die("pipe");
	t = ticks() - t;
	waitpid(pid, NULL, 0);
	close(there[0]), close(there[1]), close(back[0]), close(back[1]);
	return t;
}

static uint64_t fork_and_wait(unsigned int n, const char *exec)
{
	uint64_t t = ticks();

	for (unsigned int i = 0; i < n; i++) {
		int status;
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid) {
			if (exec)
				execl(exec, exec, "exit", NULL);
			_exit(exec ? 1 : 0);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			die("child");
	}
	return ticks() - t;
}

static uint64_t time_fork(unsigned int n)
{
	return fork_and_wait(n, NULL);
}

static uint64_t time_exec(unsigned int n)
{
	return fork_and_wait(n, self);
}

/* A child that inherits 4 MiB of touched pages. */
static uint64_t time_fork_dirty(unsigned int n)
{
	char *p = pages(PAGES);
	uint64_t t;

	touch(p, PAGES);
	t = fork_and_wait(n, NULL);
	munmap(p, PAGES * PAGE);
	return t;
}

/* An operation: how it is timed, how often a round has it done, what one time counts for. */
static const struct operation {
	const char *name;
	uint64_t (*time)(unsigned int n);
	unsigned int n;
	unsigned int each;
} operations[] = {
	{ "getppid", time_getppid, 4000, 1 },	  { "read4k", time_read, 2000, 1 },
	{ "pagefault", time_fault, PAGES, 1 },	  { "mprotect_page", time_mprotect, PAGES, 1 },
	{ "munmap_page", time_munmap, PAGES, 1 }, { "signal", time_signal, 1000, 1 },
	{ "pipe_switch", time_pipe, 600, 2 },	  { "fork_exit", time_fork, 20, 1 },
	{ "fork_exec", time_exec, 12, 1 },	  { "fork_4m_dirty", time_fork_dirty, 10, 1 },
};

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(const struct operation *op)
{
	uint64_t rounds[ROUNDS];

	op->time(op->n);
	for (unsigned int i = 0; i < ROUNDS; i++)
		rounds[i] = op->time(op->n) / ((uint64_t)op->n * op->each);
	qsort(rounds, ROUNDS, sizeof(rounds[0]), by_size);
	printf("PATHLEN %s %llu", op->name, (unsigned long long)rounds[ROUNDS / 2]);
	printf(" from %llu to %llu\n", (unsigned long long)rounds[0],
	       (unsigned long long)rounds[ROUNDS - 1]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exit"))
		_exit(0);
	if (getpid() == 1) {
		mkdir("/dev", 0755);
		mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
		/* Let the kernel's own late work pass before anything is timed. */
		sleep(2);
	}
	self = argv[0];
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		measure(&operations[i]);
	printf("PATHLEN-DONE\n");
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	return 0;
}
