#!/bin/sh
# SPDX-License-Identifier: MIT
# The xenstore tool beside Debian's: each command is run with either, against our
# daemon and against Debian's (under a stub instead of a hypervisor).  What they
# print and their exit statuses must be the same; a message of ours may go on
# where theirs ends.  Prints TAP.
# usage: tools.sh DIRECTORY TESTS
# DIRECTORY holds our xenstored and xenstore, TESTS peer_stub.so.

bin=$1
tests=$2
here=$(dirname "$0")
. "$here/daemon_under_test.sh"
export XENSTORED_RUNDIR="$dir/run"
peer=/usr/lib/xen-4.17/bin
mkdir "$dir/run" "$dir/lamina" "$dir/debian"
for name in read write list ls rm exists chmod watch; do
	ln -s "$bin/xenstore" "$dir/lamina/xenstore-$name"
	ln -s "$(command -v xenstore-$name)" "$dir/debian/xenstore-$name"
done
ln -s "$bin/xenstore" "$dir/lamina/xenstore"
ln -s "$bin/xenstore" "$dir/lamina/xenstore-control"
ln -s "$(command -v xenstore)" "$dir/debian/xenstore"
ln -s "$peer/xenstore-control" "$dir/debian/xenstore-control"

# start_daemon lamina|debian
start_daemon() {
	if [ "$1" = lamina ]; then
		"$bin/xenstored" --foreground --no-dom0 </dev/null >>"$dir/log" 2>&1 &
	else
		LD_PRELOAD="$tests/peer_stub.so" "$peer/xenstored" -N --pid-file "$dir/pid" \
			</dev/null >>"$dir/log" 2>&1 &
	fi
	pid=$!
	await [ -S "$XENSTORED_RUNDIR/socket" ]
}

stop_daemon() {
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
	rm -f "$XENSTORED_RUNDIR/socket"
}

# run COMMAND...: to $out what it prints, with its status; to $err its messages
run() {
	{ echo "\$ $*"; timeout 60 "$@" </dev/null; echo "status $?"; } >>"$out" 2>"$dir/message"
	{ echo "\$ $*"; grep . "$dir/message"; } >>"$err"
}

# A value of all bytes but NUL.
all_bytes=$(awk 'BEGIN { for (i = 1; i < 256; i++) if (i != 10) printf "%c", i }')

nodes() {
	run xenstore-write /p/a one
	run xenstore-write /p/b 'two\tx\n\x41\101\1z\x4g\\\q' /p/c ''
	run xenstore-write -R /p/raw 'a\tb\x41'
	run xenstore-write --raw /p/bytes "$all_bytes"
	run xenstore-write /p/end 'backslash\'
	run xenstore-write /p/odd
	run xenstore-write /p/odd 1 /p/even
	run xenstore-write '/p/with blank' 1
	run xenstore-write /p/good 1 '/p/with blank' 1
	run xenstore-write -s /p/s 1
	run xenstore-write -- -relative 1
	run xenstore-write relative 1 -s
	run xenstore-write
	run xenstore-write -p /p/a 1
	run xenstore-read /p/a /p/b /p/c
	run xenstore-read -p /p/a /p/b
	run xenstore-read -R /p/b /p/raw
	run xenstore-read --raw --prefix /p/b /p/raw
	run xenstore-read /p/bytes /p/end
	run xenstore-read /p/a -p
	run xenstore-read /p/good
	run xenstore-read /p/a /p/none /p/b
	run xenstore-read relative
	run xenstore-read -s ./p
	run xenstore-read ''
	run xenstore-read
	run xenstore-read -h
	run xenstore-read -t /p/a
	run xenstore read /p/a
	run xenstore read
	run xenstore-list /p
	run xenstore-list -p /p /p/a
	run xenstore-list -s -p /
	run xenstore-list /p/none
	run xenstore-list /p /p/none
	run xenstore-list @releaseDomain
	run xenstore-list -R /p
	run xenstore-exists /p/a
	run xenstore-exists /p/a /p/none
	run xenstore-exists /p/none /p/a
	run xenstore-exists 'not a path'
	run xenstore-exists -s /p/a
	run xenstore-exists -p /p/a
	run xenstore-exists
	run xenstore
	run xenstore -h
	run xenstore frobnicate
}

trees() {
	long=a-name-that-is-long-a-name-that-is-long-a-name-that-is-long-a-name-that-is-long
	run xenstore-write /p/deep/er/and/deep/er 1 "/p/$long" "/p/${long}x"
	run xenstore-write "/p/w/1234567890123456789012345678901234567890" \
		"$(seq -s ' ' 13)" /p/w/x "$(seq -s ' ' 27)" /p/w/y "$(seq -s ' ' 29)" \
		/p/w/z "$(seq -s ' ' 21)" /p/w/zz "$(seq -s ' ' 22)"
	run xenstore-chmod /p/w/x n0 r5 b7 w9
	run xenstore-ls /p
	run xenstore-ls
	run xenstore-ls -f /p
	run xenstore-ls -p /p
	run xenstore-ls -f -p /p
	run xenstore-ls --flat --prefix /p
	run xenstore-ls -s /p/a
	run xenstore-ls /p/deep /p/a /p/w
	run xenstore-ls -f /p/deep /p/w
	run xenstore-ls /p/none
	run xenstore-ls ''
	run xenstore-ls -t /p
	run xenstore-ls -h
	for columns in 40 61 80 120; do
		run /usr/bin/python3 "$here/on_terminal.py" $columns xenstore-ls -p /p
		run /usr/bin/python3 "$here/on_terminal.py" $columns xenstore-ls /p
		run /usr/bin/python3 "$here/on_terminal.py" $columns xenstore-ls -f -p /p
	done
}

changes() {
	run xenstore-chmod /p/a n1 r2
	run xenstore-ls -f -p /p
	run xenstore-chmod -r /p n0 r9
	run xenstore-chmod -u /p/deep/er/and w4
	run xenstore-chmod -u -r /p/deep/er b6
	run xenstore-chmod --upto --recurse /p/w b8
	run xenstore-ls -f -p /p
	run xenstore-chmod /p/a
	run xenstore-chmod /p/a x0
	run xenstore-chmod /p/none r1
	run xenstore-chmod
	run xenstore-chmod -t /p/a r1
	run xenstore-rm /p/none
	run xenstore-rm /p/none/below
	run xenstore-rm -t /p/none
	run xenstore-rm /p/a /p/b
	run xenstore-rm /p/none/below /p/c
	run xenstore-rm /
	run xenstore-rm -h
	run xenstore-rm -p /p/c
	run xenstore-write /t/x v /t/x/y '' /t/x/y/z 1
	run xenstore-rm -t /t/x/y/z
	run xenstore-ls -f /t
	run xenstore-rm --tidy /p/deep/er/and/deep/er
	run xenstore-ls -f /p
	run xenstore-rm -s /p /t
	run xenstore-rm relative -s
	run xenstore-exists /p
}

events() {
	run xenstore-watch -n 1 /p
	run xenstore-watch -n 2 /p /q
	run xenstore-watch -s -n 1 @releaseDomain
	run xenstore-watch --number 0 /p
	run xenstore-watch -n 2 /p /p
	run xenstore-watch -n 1 'not a path'
	run xenstore-watch
	run xenstore-watch -h
	run xenstore-watch -p /p
}

control() {
	run xenstore-control check
	run xenstore-control check more
	run xenstore-control help
	run xenstore-control print text
	run xenstore-control print
	run xenstore-control log on
	run xenstore-control log off
	run xenstore-control log
	run xenstore-control frobnicate
	run xenstore-control -h
	run xenstore-control -s
	run xenstore-control logfile "$dir/trace"
	run xenstore-control memreport "$dir/memory"
	run xenstore-control quota set frobs 1
	run xenstore-control live-update
	run xenstore-control live-update -t
	run xenstore-control live-update -c
	run xenstore-control live-update -t 5 -F /none
}

# The parts build on each other, so each tool has the whole of them on a store of
# its own.
sequence() {
	start_daemon "$1"
	report $? "daemon_of_$1_serves_the_tool_of_$2"
	for part in nodes trees changes events control; do
		out=$dir/out.$1.$part.$2
		err=$dir/err.$1.$part.$2
		(PATH="$dir/$2:$PATH"; $part)
	done
	stop_daemon
	out=$dir/out.$1.alone.$2
	err=$dir/err.$1.alone.$2
	(PATH="$dir/$2:$PATH"
	run xenstore-read /p
	run xenstore-exists /p
	run xenstore-control check)
}

# Each line that Debian's tool says begins one of ours, in order.
messages_match() {
	awk 'FILENAME == ARGV[1] { want[++n] = $0; next }
		at < n && index($0, want[at + 1]) == 1 { at++ }
		END { if (at < n) { print "# missing: " want[at + 1]; exit 1 } }' "$1" "$2"
}

for daemon in lamina debian; do
	sequence $daemon debian
	sequence $daemon lamina
	for part in nodes trees changes events control alone; do
		one=$daemon.$part.debian
		two=$daemon.$part.lamina
		[ "$(wc -l <"$dir/out.$one")" -gt 5 ] && cmp -s "$dir/out.$one" "$dir/out.$two"
		report $? "${part}_print_the_same_with_${daemon}_daemon"
		diff "$dir/out.$one" "$dir/out.$two" | sed 's/^/# /' | head -40
		messages_match "$dir/err.$one" "$dir/err.$two"
		report $? "${part}_say_the_same_with_${daemon}_daemon"
	done
done

# What differs, on purpose: a mistake that the stock tool overlooks is refused.
start_daemon lamina
PATH="$dir/lamina:$PATH"
refused() {
	! "$@" >/dev/null 2>&1
	report $? "refused: $*"
}
xenstore-write /p 1
refused xenstore-read --frobnicate /p
refused xenstore-rm -x /p
refused xenstore-watch -n many /p
refused xenstore-chmod /p r
refused xenstore-chmod /p r1x
refused xenstore-chmod /p r70000
xenstore-exists /p
report $? nothing_refused_was_done

finish
