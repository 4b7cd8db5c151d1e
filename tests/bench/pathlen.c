/* SPDX-License-Identifier: MIT */
/*
 * Path lengths: what one operation costs, in instructions.
 *
 * Run as the init of a machine under `qemu -icount shift=0,sleep=off`, where a
 * tick of the time-stamp counter is an instruction, so the differences below
 * are exact.  The same static program and the same kernel run native, on the
 * peer and here.  Prints a line `PATHLEN name instructions` for each operation
 * and powers off.
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

#define PAGE  4096UL
#define PAGES 1024

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

static void report(const char *name, uint64_t total, uint64_t n)
{
	printf("PATHLEN %s %llu\n", name, (unsigned long long)(total / n));
	fflush(stdout);
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

static char *pages(void)
{
	char *p =
		mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void touch(char *p)
{
	for (unsigned int i = 0; i < PAGES; i++)
		((volatile char *)p)[i * PAGE] = 1;
}

static uint64_t time_fault(void)
{
	char *p = pages();
	uint64_t t = ticks();

	touch(p);
	t = ticks() - t;
	munmap(p, PAGES * PAGE);
	return t;
}

static uint64_t time_mprotect(void)
{
	char *p = pages();
	uint64_t t;

	touch(p);
	t = ticks();
	if (mprotect(p, PAGES * PAGE, PROT_READ))
		die("mprotect");
	t = ticks() - t;
	munmap(p, PAGES * PAGE);
	return t;
}

static uint64_t time_munmap(void)
{
	char *p = pages();
	uint64_t t;

	touch(p);
	t = ticks();
	munmap(p, PAGES * PAGE);
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

static uint64_t time_fork(unsigned int n, const char *exec)
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

/* A child that inherits 4 MiB of touched pages. */
static uint64_t time_fork_dirty(unsigned int n)
{
	char *p = pages();
	uint64_t t;

	touch(p);
	t = time_fork(n, NULL);
	munmap(p, PAGES * PAGE);
	return t;
}

static void measure(const char *self)
{
	time_getppid(100);
	report("getppid", time_getppid(20000), 20000);
	time_read(100);
	report("read4k", time_read(10000), 10000);
	time_fault();
	report("pagefault", time_fault(), PAGES);
	time_mprotect();
	report("mprotect_page", time_mprotect(), PAGES);
	time_munmap();
	report("munmap_page", time_munmap(), PAGES);
	time_signal(100);
	report("signal", time_signal(5000), 5000);
	time_pipe(100);
	report("pipe_switch", time_pipe(3000), 2 * 3000);
	time_fork(20, NULL);
	report("fork_exit", time_fork(100, NULL), 100);
	time_fork(20, self);
	report("fork_exec", time_fork(60, self), 60);
	report("fork_4m_dirty", time_fork_dirty(10), 10);
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
	measure(argv[0]);
	printf("PATHLEN-DONE\n");
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	return 0;
}
