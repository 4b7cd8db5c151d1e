/* SPDX-License-Identifier: MIT */
/*
 * xenstored: options, start, loop, end.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

#include "daemon/conn.h"
#include "daemon/dlog.h"
#include "daemon/domains.h"
#include "daemon/fairness.h"
#include "daemon/guest.h"
#include "daemon/hv.h"
#include "daemon/ops.h"
#include "daemon/quota_log.h"
#include "daemon/record.h"
#include "daemon/recording.h"
#include "daemon/replay.h"
#include "daemon/sock.h"
#include "daemon/supervise.h"
#include "daemon/update.h"
#include "protocol/wire.h"

#define RUNDIR "/run/xenstored"
/* Events handled before local clients get their turn. */
#define EVENTS_MAX 64
/*
 * Free memory that is not given back to the system: what replies on their way
 * take, or each page of theirs would be made and cleared anew.
 */
#define KEEP_FREE (1024 * 1024)
/* How often it is looked for whose right of way is over. */
#define FAIRNESS_TICK_MS 20

struct options {
	bool foreground;
	bool no_dom0;
	bool trace;
	const char *pid_file;
	const char *trace_file;
	const char *rundir;
	/* Where a predecessor left its state, and the journal, or -1. */
	int state_fd;
	int journal_fd;
	bool no_journal;
};

struct server {
	uv_loop_t loop;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_idle_t idle;
	uv_timer_t fairness;
	uv_poll_t events;
	uv_signal_t terminate;
	uv_signal_t interrupt;
	bool with_events;
	struct store store;
	char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	/* Where the waiting parent process hears that we are ready, or -1. */
	int ready_fd;
};

static struct server server;
static struct journal journal;

static const char usage[] =
	"Usage: xenstored [options]\n"
	"  -N, --foreground        stay in the foreground (also --no-fork)\n"
	"  -F, --pid-file FILE     write the process id to FILE\n"
	"  -D, --no-dom0           serve local clients only; needs no hypervisor\n"
	"      --rundir DIR        directory of the socket (XENSTORED_RUNDIR, " RUNDIR ")\n"
	"      --no-journal        one process, whose end is the store's end\n"
	"  -Q, --quota NAME=N      set a limit for each guest; see xenstored(8)\n"
	"  -T, --trace-file FILE   log requests to FILE\n"
	"  -V, --verbose           log requests\n"
	"  -h, --help              this text\n";

enum {
	OPTION_RUNDIR = 256,
	OPTION_STATE,
	OPTION_JOURNAL,
	OPTION_NO_JOURNAL,
};

static const struct option long_options[] = {
	{ "foreground", no_argument, NULL, 'N' },
	{ "no-fork", no_argument, NULL, 'N' },
	{ "pid-file", required_argument, NULL, 'F' },
	{ "no-dom0", no_argument, NULL, 'D' },
	{ "no-domain-init", no_argument, NULL, 'D' },
	{ "rundir", required_argument, NULL, OPTION_RUNDIR },
	{ "quota", required_argument, NULL, 'Q' },
	{ "trace-file", required_argument, NULL, 'T' },
	{ "verbose", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ "no-journal", no_argument, NULL, OPTION_NO_JOURNAL },
	/* For successors only. */
	{ UPDATE_OPTION, required_argument, NULL, OPTION_STATE },
	{ JOURNAL_OPTION, required_argument, NULL, OPTION_JOURNAL },
	{ NULL, 0, NULL, 0 },
};

static int set_quota(const char *text)
{
	const char *equals = strchr(text, '=');
	uint64_t limit;

	if (equals && wire_number(equals + 1, UINT32_MAX, &limit) &&
	    account_set_limit(text, (size_t)(equals - text), (uint32_t)limit))
		return 0;
	fprintf(stderr, "xenstored: --quota %s: give NAME=NUMBER, with NAME one of", text);
	for (int i = 0; i < QUOTA_COUNT; i++)
		fprintf(stderr, " %s", account_quota_name(i));
	fprintf(stderr, "\n");
	return -EINVAL;
}

static int parse_options(int argc, char **argv, struct options *options)
{
	int option;

	options->state_fd = -1;
	options->journal_fd = -1;
	options->rundir = getenv("XENSTORED_RUNDIR");
	if (!options->rundir)
		options->rundir = RUNDIR;
	while ((option = getopt_long(argc, argv, "NF:DQ:T:Vh", long_options, NULL)) != -1) {
		switch (option) {
		case 'N': options->foreground = true; break;
		case 'F': options->pid_file = optarg; break;
		case 'D': options->no_dom0 = true; break;
		case OPTION_RUNDIR: options->rundir = optarg; break;
		case OPTION_STATE: options->state_fd = atoi(optarg); break;
		case OPTION_JOURNAL: options->journal_fd = atoi(optarg); break;
		case OPTION_NO_JOURNAL: options->no_journal = true; break;
		case 'Q':
			if (set_quota(optarg))
				return 2;
			break;
		case 'T':
			options->trace_file = optarg;
			options->trace = true;
			break;
		case 'V': options->trace = true; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "xenstored: unexpected argument '%s'\n%s", argv[optind], usage);
		return 2;
	}
	return 0;
}

/*
 * Becomes a daemon.  The parent waits for the child's word and leaves with 0
 * once it serves, with 1 if it failed.
 */
static int detach(void)
{
	int fds[2], null;
	char word;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid) {
		close(fds[1]);
		_exit(read(fds[0], &word, 1) == 1 ? 0 : 1);
	}
	close(fds[0]);
	setsid();
	if (chdir("/"))
		return -errno;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	server.ready_fd = fds[1];
	return 0;
}

/* The readiness protocol of systemd: a datagram to a socket in the environment. */
static void notify_supervisor(void)
{
	static const char word[] = "READY=1";
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (!path || strlen(path) >= sizeof(addr.sun_path))
		return;
	strcpy(addr.sun_path, path);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	/* A leading @ stands for the abstract name space. */
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, word, sizeof(word) - 1, MSG_NOSIGNAL, (struct sockaddr *)&addr, len) < 0)
		dlog("cannot tell %s that we are ready: %s", path, strerror(errno));
	close(fd);
}

static void announce_ready(void)
{
	notify_supervisor();
	dlog("ready on %s", server.socket_path);
	if (server.ready_fd < 0)
		return;
	if (write(server.ready_fd, "", 1) < 0)
		dlog("nobody waits for us to be ready");
	close(server.ready_fd);
	server.ready_fd = -1;
}

static int write_pid_file(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	fprintf(file, "%ld\n", (long)getpid());
	return fclose(file) ? -errno : 0;
}

static void on_idle(uv_idle_t *idle)
{
	/* Its presence keeps the loop from sleeping; service is below. */
	(void)idle;
}

static void on_fairness(uv_timer_t *timer)
{
	fairness_tick(fairness_now());
	if (!fairness_any())
		uv_timer_stop(timer);
}

/* Before the loop sleeps: everything that was caused is sent or freed. */
static void on_turn(void)
{
	bool more;

	recording_turn(&server.store);
	guest_service_pending();
	if (update_wanted())
		update_run(&server.store);
	conn_reap();
	more = guest_any_pending();
	if (more && !uv_is_active((uv_handle_t *)&server.idle))
		uv_idle_start(&server.idle, on_idle);
	else if (!more)
		uv_idle_stop(&server.idle);
	if (fairness_any() && !uv_is_active((uv_handle_t *)&server.fairness))
		uv_timer_start(&server.fairness, on_fairness, FAIRNESS_TICK_MS, FAIRNESS_TICK_MS);
}

static void on_prepare(uv_prepare_t *prepare)
{
	(void)prepare;
	on_turn();
}

static void on_check(uv_check_t *check)
{
	(void)check;
	conn_reap();
}

static void on_event(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)events;
	if (status < 0)
		return;
	for (int i = 0; i < EVENTS_MAX; i++) {
		bool deaths;
		int port = hv_xen_next_event(&deaths);

		if (port < 0)
			return;
		if (deaths)
			domains_check();
		else
			domains_event((uint32_t)port);
	}
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)handle;
	dlog("signal %d: leaving", number);
	uv_stop(&server.loop);
}

static int make_default_nodes(struct store *store)
{
	static const char *const paths[] = {
		"/tool/xenstored",
		"/local/domain/0",
	};
	const struct access_id root = { .target = ACCESS_NO_TARGET, .privileged = true };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int rc = store_mkdir(store, NULL, &root, paths[i]);

		if (rc)
			return rc;
	}
	return 0;
}

static int start_events(void)
{
	int rc;

	rc = uv_poll_init(&server.loop, &server.events, hv_xen_event_fd());
	if (!rc)
		rc = uv_poll_start(&server.events, UV_READABLE, on_event);
	server.with_events = !rc;
	return rc;
}

static int introduce_dom0(void)
{
	int rc = domains_introduce_own();

	if (rc)
		dlog("no ring to this domain's kernel (%s): is xenfs mounted on /proc/xen? or use "
		     "--no-dom0",
		     strerror(-rc));
	return rc;
}

/* Listens where a predecessor did, or anew. */
static int start_socket(const struct options *options, int listener)
{
	int n, rc;

	n = snprintf(server.socket_path, sizeof(server.socket_path), "%s/socket", options->rundir);
	if (n < 0 || (size_t)n >= sizeof(server.socket_path)) {
		dlog("the path of the run directory, %s, is too long", options->rundir);
		return -ENAMETOOLONG;
	}
	if (listener >= 0)
		return sock_listen_on(listener);
	if (mkdir(options->rundir, 0755) && errno != EEXIST)
		dlog("cannot make %s: %s", options->rundir, strerror(errno));
	rc = sock_listen(server.socket_path);
	if (rc)
		dlog("cannot listen on %s: %s", server.socket_path, strerror(-rc));
	return rc;
}

static int start_loop(void)
{
	int rc = uv_loop_init(&server.loop);

	if (rc)
		return rc;
	uv_prepare_init(&server.loop, &server.prepare);
	uv_prepare_start(&server.prepare, on_prepare);
	uv_check_init(&server.loop, &server.check);
	uv_check_start(&server.check, on_check);
	uv_idle_init(&server.loop, &server.idle);
	uv_timer_init(&server.loop, &server.fairness);
	uv_signal_init(&server.loop, &server.terminate);
	uv_signal_start(&server.terminate, on_signal, SIGTERM);
	uv_signal_init(&server.loop, &server.interrupt);
	uv_signal_start(&server.interrupt, on_signal, SIGINT);
	return 0;
}

/* How this process comes to its state. */
enum origin {
	FRESH,
	/* From the process that it was before. */
	UPDATED,
	/* From the journal of one that ended. */
	RECOVERED,
};

/* Fills the store. */
static int start_store(const struct options *options, enum origin origin, const struct hv *hv,
		       int *listener)
{
	int rc = -ENODATA;

	if (origin == UPDATED)
		return update_take_over(&server.store, options->state_fd, listener);
	if (origin == RECOVERED)
		rc = replay_journal(&journal, hv, &server.store);
	if (rc != -ENODATA)
		return rc;
	if (origin == RECOVERED)
		dlog("the journal is empty: this is a new store");
	domains_init(hv, &server.store);
	rc = make_default_nodes(&server.store);
	return rc || !hv ? rc : introduce_dom0();
}

/* Once all is in place: goes on where a predecessor was. */
static void go_on(const struct options *options, enum origin origin)
{
	char path[JOURNAL_BINARY_MAX];
	ssize_t len;

	if (!options->no_journal) {
		recording_start(&journal, &server.store);
		len = readlink("/proc/self/exe", path, sizeof(path) - 1);
		if (origin == UPDATED && len > 0) {
			path[len] = '\0';
			journal_set_binary(&journal, path);
		}
	}
	if (origin == FRESH)
		return;
	/* Domains may have died while nobody listened. */
	domains_check();
	update_catch_up();
}

static int start(const struct options *options, enum origin origin)
{
	const struct hv *hv = NULL;
	struct rlimit files;
	int listener = -1, rc;

	signal(SIGPIPE, SIG_IGN);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	quota_log_start();
	conn_set_handler(ops_handle);
	rc = store_init(&server.store);
	fairness_init(&server.store);
	if (!rc)
		rc = start_loop();
	if (rc)
		return rc;
	if (!options->no_dom0) {
		hv = hv_xen_open();
		rc = hv ? start_events() : -ENODEV;
		if (rc)
			return rc;
	}
	domains_init(hv, &server.store);
	/* Local clients that are restored are polled in the listener's loop. */
	sock_init(&server.loop, &server.store);
	rc = start_store(options, origin, hv, &listener);
	if (!rc)
		rc = start_socket(options, listener);
	if (!rc)
		go_on(options, origin);
	return rc;
}

/*
 * Begins to use the journal, in a process that will be succeeded if it is
 * killed; *origin tells if this one succeeds another.
 */
static int start_journal(const struct options *options, char **argv, enum origin *origin)
{
	int fd = options->journal_fd, rc;
	bool recovering;

	*origin = options->state_fd >= 0 ? UPDATED : FRESH;
	if (options->no_journal) {
		/* What a predecessor wrote becomes older than the store. */
		if (fd >= 0 && !journal_open(&journal, fd)) {
			journal_void(&journal);
			close(fd);
		}
		return 0;
	}
	if (fd < 0)
		fd = journal_file();
	if (fd < 0)
		return fd;
	rc = journal_open(&journal, fd);
	if (rc)
		return rc;
	update_init(argv, fd);
	recovering = options->journal_fd >= 0 && options->state_fd < 0;
	if (options->journal_fd < 0)
		rc = supervise(&journal, argv, &recovering);
	if (recovering)
		*origin = RECOVERED;
	/* Whoever waited for the first to serve waits no longer. */
	if (server.ready_fd >= 0 && journal_ready_count(&journal)) {
		close(server.ready_fd);
		server.ready_fd = -1;
	}
	return rc;
}

static void stop(void)
{
	sock_close_all();
	unlink(server.socket_path);
	if (server.with_events)
		uv_close((uv_handle_t *)&server.events, NULL);
	domains_close_all();
	conn_reap();
	uv_close((uv_handle_t *)&server.prepare, NULL);
	uv_close((uv_handle_t *)&server.check, NULL);
	uv_close((uv_handle_t *)&server.idle, NULL);
	uv_close((uv_handle_t *)&server.fairness, NULL);
	uv_close((uv_handle_t *)&server.terminate, NULL);
	uv_close((uv_handle_t *)&server.interrupt, NULL);
	uv_run(&server.loop, UV_RUN_DEFAULT);
	uv_loop_close(&server.loop);
	store_clear(&server.store);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	enum origin origin;
	int rc = parse_options(argc, argv, &options);

	if (rc)
		return rc;
	server.ready_fd = -1;
	mallopt(M_TRIM_THRESHOLD, KEEP_FREE);
	update_init(argv, -1);
	if (!options.foreground && options.state_fd < 0 && options.journal_fd < 0) {
		rc = detach();
		if (rc) {
			dlog("cannot become a daemon: %s", strerror(-rc));
			return 1;
		}
	}
	if (options.trace_file) {
		rc = dlog_set_file(options.trace_file);
		if (rc) {
			dlog("cannot write %s: %s", options.trace_file, strerror(-rc));
			return 1;
		}
	}
	dlog_set_trace(options.trace);
	/* A live update that began without one goes on without a supervisor. */
	if (options.state_fd >= 0 && options.journal_fd < 0)
		options.no_journal = true;
	rc = start_journal(&options, argv, &origin);
	if (rc) {
		dlog("cannot keep a journal: %s", strerror(-rc));
		return 1;
	}
	rc = start(&options, origin);
	if (rc) {
		dlog("cannot start: %s", strerror(-rc));
		return 1;
	}
	if (options.pid_file) {
		rc = write_pid_file(options.pid_file);
		if (rc) {
			dlog("cannot write %s: %s", options.pid_file, strerror(-rc));
			return 1;
		}
	}
	announce_ready();
	if (!options.no_journal)
		journal_set_ready(&journal);
	uv_run(&server.loop, UV_RUN_DEFAULT);
	/* Told to leave: nothing of this is for a successor. */
	record_to(NULL);
	if (!options.no_journal)
		journal_void(&journal);
	stop();
	if (options.pid_file)
		unlink(options.pid_file);
	return 0;
}
