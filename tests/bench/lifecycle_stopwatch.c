/* SPDX-License-Identifier: MIT */
/*
 * A stopwatch inside the control domain: how long one command takes, and how
 * long until the last guest has gone, on either hypervisor alike.
 *
 *	stopwatch run CMD ARG...	time to the command's end
 *	stopwatch gone CMD ARG...	and to when the hypervisor lists no guest
 *	stopwatch seed			make the kernel's random numbers ready
 *
 * Prints "STOPWATCH status command_us gone_us"; the command's own output goes
 * where it went.  Whether guests are there is asked of the hypervisor itself,
 * through the kernel's privcmd device, so that no toolstack is in the figure.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define __XEN_TOOLS__ 1
#include <xen/xen.h>
#include <xen/sysctl.h>
#include <xen/sys/privcmd.h>

#define POLL_US	   1000
#define GIVE_UP_US 60000000L

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

/* Guests that the hypervisor knows, dead ones included: 0, 1, or -1. */
static int guests(int privcmd)
{
	/* One page, so that it can be locked: the hypervisor reads it in place. */
	static struct {
		xen_sysctl_t op;
		xen_domctl_getdomaininfo_t info;
	} arg __attribute__((aligned(4096)));
	struct privcmd_hypercall call = {
		.op = __HYPERVISOR_sysctl,
		.arg = { (uintptr_t)&arg.op },
	};

	memset(&arg, 0, sizeof(arg));
	arg.op.cmd = XEN_SYSCTL_getdomaininfolist;
	arg.op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	arg.op.u.getdomaininfolist.first_domain = 1;
	arg.op.u.getdomaininfolist.max_domains = 1;
	set_xen_guest_handle(arg.op.u.getdomaininfolist.buffer, &arg.info);
	if (ioctl(privcmd, IOCTL_PRIVCMD_HYPERCALL, &call) < 0)
		return -1;
	return (int)arg.op.u.getdomaininfolist.num_domains;
}

static int run(char **argv)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * A machine without a source of randomness may take long to have some, and
 * libuuid sleeps for it: up to 3 s, all of which would be booked on xl.
 */
static int seed(void)
{
	struct {
		struct rand_pool_info info;
		uint32_t data[64];
	} pool = { .info = { .entropy_count = 512, .buf_size = sizeof(pool.data) } };
	int fd = open("/dev/random", O_RDWR | O_CLOEXEC);

	for (uint32_t i = 0; i < 64; i++)
		pool.data[i] = (uint32_t)now_us() * (i + 1);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0) {
		perror("stopwatch: seeding");
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	long start, done, gone;
	int privcmd, status;

	if (argc == 2 && !strcmp(argv[1], "seed"))
		return seed();
	if (argc < 3 || (strcmp(argv[1], "run") && strcmp(argv[1], "gone"))) {
		fprintf(stderr, "usage: stopwatch run|gone CMD ARG... or seed\n");
		return 2;
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
	privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	if (privcmd < 0 || guests(privcmd) < 0) {
		perror("stopwatch: asking the hypervisor");
		return 2;
	}
	start = now_us();
	status = run(argv + 2);
	done = gone = now_us();
	while (!strcmp(argv[1], "gone") && guests(privcmd) && gone - start < GIVE_UP_US) {
		usleep(POLL_US);
		gone = now_us();
	}
	printf("STOPWATCH %d %ld %ld\n", status, done - start, gone - start);
	return 0;
}
