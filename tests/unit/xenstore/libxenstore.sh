#!/bin/sh
# SPDX-License-Identifier: MIT
# Our libxenstore.so.4 beside Debian's: Debian's programs, and a program that
# calls every function, run with either library, against our daemon and against
# Debian's (under a stub instead of a hypervisor).  What they print must be the
# same.  Prints TAP.
# usage: libxenstore.sh DIRECTORY LIBRARY_DIRECTORY TESTS
# DIRECTORY holds our xenstored, LIBRARY_DIRECTORY our library, TESTS the
# programs of this test: api, threads, peer_stub.so.

bin=$1
lib=$2
tests=$3
here=$(dirname "$0")
. "$here/daemon_under_test.sh"
export XENSTORED_RUNDIR="$dir"
# A busy machine may take its time.
export XENSTORED_RECONNECT=100
peer=/usr/lib/xen-4.17/bin
stock=/usr/lib/x86_64-linux-gnu/libxenstore.so.4

# same NAME FILE FILE: both must exist, hold something and be equal
same() {
	if [ -s "$2" ] && cmp -s "$2" "$3"; then
		report 0 "$1"
	else
		report 1 "$1"
		diff "$2" "$3" 2>&1 | sed 's/^/# /' | head -40
	fi
}

# start_daemon lamina|debian
start_daemon() {
	rm -f "$dir/socket"
	if [ "$1" = lamina ]; then
		"$bin/xenstored" --foreground --no-dom0 --pid-file "$dir/pid" \
			</dev/null >>"$dir/log" 2>&1 9>&- &
	else
		LD_PRELOAD="$tests/peer_stub.so" "$peer/xenstored" -N --pid-file "$dir/pid" \
			</dev/null >>"$dir/log" 2>&1 9>&- &
	fi
	pid=$!
	await [ -S "$dir/socket" ]
}

stop_daemon() {
	kill "-${1:-TERM}" "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
}

# with_library lamina|debian COMMAND...: one command, with only that changed
with_library() {
	if [ "$1" = lamina ]; then
		shift
		LD_LIBRARY_PATH="$lib" timeout 120 "$@"
	else
		shift
		timeout 120 "$@"
	fi
}

# run LIBRARY COMMAND...: what a command prints, and its status
run() {
	library=$1
	shift
	echo "\$ $*"
	with_library "$library" "$@" 2>&1
	echo "status $?"
}

# All of Debian's small programs, with errors of theirs among the uses.
programs() {
	run "$1" xenstore-write /p/a one /p/b 'two\tx' /p/c ''
	run "$1" xenstore-read /p/a /p/b /p/c
	run "$1" xenstore-read -p /p/a
	run "$1" xenstore-read /p/none
	run "$1" xenstore-list /p
	run "$1" xenstore-list -p /p
	run "$1" xenstore-list /p/none
	run "$1" xenstore-chmod /p/a n0 r5 b7
	run "$1" xenstore-chmod -r /p n0 r9
	run "$1" xenstore-chmod /p/a x0
	run "$1" xenstore-ls /p
	run "$1" xenstore-ls -f -p /p
	run "$1" xenstore-exists /p/a
	run "$1" xenstore-exists /p/none
	run "$1" xenstore-watch -n 1 /p
	run "$1" xenstore-watch -n 2 /p/a /p/b
	run "$1" xenstore-rm /p/none
	run "$1" xenstore-rm -t /p/a
	run "$1" xenstore-write -s /p/s 1
	run "$1" xenstore-ls -s /p
	run "$1" xenstore-rm /p /q/none/there
	run "$1" xenstore-rm /p
	run "$1" xenstore-exists /p
}

exports() {
	nm -D --defined-only "$1" | awk '$2 == "T" { print $3 }' | sort
}

against() {
	daemon=$1
	start_daemon "$daemon"
	report $? "daemon_of_${daemon}_is_ready"
	for library in debian lamina; do
		programs $library >"$dir/programs.$daemon.$library"
		with_library $library "$tests/api" >"$dir/api.$daemon.$library" 2>&1
		report $? "every_function_with_${library}_library_and_${daemon}_daemon"
		with_library $library "$peer/test-xenstore" -i 20 >"$dir/suite" 2>&1
		report $? "test_xenstore_with_${library}_library_and_${daemon}_daemon"
		grep failed "$dir/suite" | sed 's/^/# /'
	done
	same "programs_print_the_same_with_${daemon}_daemon" \
		"$dir/programs.$daemon.debian" "$dir/programs.$daemon.lamina"
	same "functions_give_the_same_with_${daemon}_daemon" \
		"$dir/api.$daemon.debian" "$dir/api.$daemon.lamina"
	if /usr/bin/python3 -c 'import pyxs' 2>/dev/null; then
		timeout 120 /usr/bin/python3 "$here/pyxs_client.py" "$dir/socket" \
			>"$dir/pyxs.$daemon" 2>&1
		report $? "pyxs_with_${daemon}_daemon"
	else
		skip "pyxs_with_${daemon}_daemon" "python3-pyxs is not installed"
	fi
	stop_daemon
}

LD_LIBRARY_PATH="$lib" ldd "$(command -v xenstore-read)" | grep -q "$lib/libxenstore.so.4 "
report $? programs_load_our_library
exports "$stock" >"$dir/stock"
exports "$lib/libxenstore.so.4" >"$dir/ours"
[ "$(grep -c 'VERS_4.0$' "$dir/ours")" = 37 ] && [ -z "$(comm -23 "$dir/stock" "$dir/ours")" ]
report $? all_symbols_of_the_stock_library
[ "$(grep -c 'VERS_4.[12]$' "$dir/ours")" = 10 ]
report $? symbols_of_4.1_and_4.2

against lamina
against debian
same programs_print_the_same_with_both_daemons \
	"$dir/programs.debian.debian" "$dir/programs.lamina.debian"
same functions_give_the_same_with_both_daemons "$dir/api.debian.debian" "$dir/api.lamina.debian"
[ -e "$dir/pyxs.lamina" ] &&
	same pyxs_gets_the_same_with_both_daemons "$dir/pyxs.debian" "$dir/pyxs.lamina"

for daemon in lamina debian; do
	start_daemon $daemon
	timeout 300 "$tests/threads" >"$dir/threads" 2>&1
	report $? "many_threads_with_${daemon}_daemon"
	sed 's/^/# /' "$dir/threads"
	mkfifo "$dir/go"
	timeout 300 "$tests/threads" --survive <"$dir/go" >"$dir/threads" 2>&1 &
	threads=$!
	exec 9>"$dir/go"
	await grep -q connected "$dir/threads"
	for _ in 1 2 3 4 5; do
		sleep 1
		stop_daemon KILL
		start_daemon $daemon
	done
	sleep 1
	exec 9>&-
	wait $threads
	report $? "threads_survive_five_kills_of_${daemon}_daemon"
	sed 's/^/# /' "$dir/threads"
	rm -f "$dir/go"
	stop_daemon
done
report_log log_is_clean

finish
