#!/bin/sh
# SPDX-License-Identifier: MIT
# The daemon as a whole, on any Linux host: started with --no-dom0 in a
# directory of its own, under the sanitizers, and used through our tool and
# through Debian's programs.  Prints TAP.
# usage: daemon.sh DIRECTORY CLIENT
# DIRECTORY holds xenstored and xenstore; CLIENT is the test of our library.

bin=$1
client=$2
peer=/usr/lib/xen-4.17/bin/test-xenstore
. "$(dirname "$0")/daemon_under_test.sh"
export XENSTORED_RUNDIR="$dir"

xs() {
	timeout 60 "$bin/xenstore" "$@"
}

# same NAME EXPECTED ACTUAL
same() {
	if [ "$2" = "$3" ]; then
		report 0 "$1"
	else
		report 1 "$1"
		echo "# expected: $2"
		echo "# got:      $3"
	fi
}

# needs PROGRAM NAME: true if a program is there; else the test is skipped
needs() {
	command -v "$1" >/dev/null 2>&1 && return 0
	skip "$2" "$1 is not installed"
	return 1
}

# True once another process than $serving serves.
another_serves() {
	[ "$(cat "$dir/pid")" != "$serving" ] && xs exists / 2>/dev/null
}

# child_of PID: the process that it started, or nothing
child_of() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$1" '$4 == parent { print $1 }'
}

# Finds the daemon that $starter, a timeout, started: two processes below.
early_daemon() {
	supervisor=$(child_of "$(child_of "$starter")")
	early=$(child_of "$supervisor")
	[ -n "$supervisor" ] && [ -n "$early" ]
}

# The tool itself is among the clients, and others have asked and left.
top_shows_who_asks() {
	xs top --json -d 1 | /usr/bin/python3 -c '
import json, sys
top = json.load(sys.stdin)
mine = [c for c in top["clients"] if c["name"] == "xenstore" and c["pid"] and c["others"]]
sys.exit(not (mine and mine[0]["domain"] == 0 and top["left"]["reads/s"] > 0))'
}

start() {
	NOTIFY_SOCKET="$dir/notify" "$bin/xenstored" --foreground --no-dom0 \
		--pid-file "$dir/pid" </dev/null >"$dir/log" 2>&1 &
	pid=$!
	await grep -q "ready on" "$dir/log"
}

# Stands for a service manager: prints the first word that it is sent.
/usr/bin/python3 -c '
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1])
print(manager.recv(100).decode())' "$dir/notify" >"$dir/notified" &
await [ -S "$dir/notify" ]
start
report $? daemon_becomes_ready
await [ -s "$dir/notified" ]
same a_service_manager_is_told READY=1 "$(cat "$dir/notified")"
# The one that serves is the child of the one that waits for its end.
same pid_file_names_the_serving_process "$pid" \
	"$(awk '{ print $4 }' "/proc/$(cat "$dir/pid")/stat")"

xs write /t/a one /t/b 'two\tx'
report $? write
same read_escapes 'one
two\tx' "$(xs read /t/a /t/b)"
same read_with_path '/t/a: one' "$(xs read -p /t/a)"
same read_json '{"/t/b": "two\u0009x"}' "$(xs read --json /t/b)"
same list 'a
b' "$(xs list /t)"
same list_json '{"/t": ["a", "b"]}' "$(xs list --json /t)"
xs write /t/a/deep 3
same ls_whole_paths '/t/a = "one"   (n0)
/t/a/deep = "3"   (n0)
/t/b = "two\tx"   (n0)' "$(xs ls -f -p /t)"
same ls_tree 'a = "one"
 deep = "3"
b = "two\tx"' "$(xs ls /t)"
xs exists /t/a
report $? exists
xs exists /t/none
same exists_says_no 1 $?
xs read /t/none 2>/dev/null
same read_of_nothing_fails 1 $?
xs chmod -r /t n0 r5
same chmod_below '/t/b = "two\tx"   (n0,r5)' \
	"$(xs ls -f -p /t | tail -1)"
xs rm /t/b && ! xs exists /t/b
report $? rm
xs write /tidy/x/y 1 && xs rm -t /tidy/x/y && ! xs exists /tidy
report $? rm_tidies_up
xs watch -n 2 /t/w >"$dir/events" &
watcher=$!
await [ -s "$dir/events" ]
xs write /t/w/below 1
wait "$watcher"
same watch '/t/w
/t/w/below' "$(cat "$dir/events")"
xs watch -v --json -n 2 /t/w /t/none >"$dir/events"
same watch_with_values '{"path": "/t/w", "watch": "/t/w", "value": ""}
{"path": "/t/none", "watch": "/t/none", "value": null}' "$(cat "$dir/events")"
same watch_with_value_as_text '/t/a = "one"' "$(xs watch -v -n 1 /t/a)"
same ls_json '[{"path": "/t/w/below", "value": "1", "perms": ["n0", "r5"]}]' \
	"$(xs ls --json /t/w)"
same exists_json '{"/t/a": true, "/t/none": false}' "$(xs exists --json /t/a /t/none)"
same control_check OK "$(xs control check)"
same control_json '{"answer": "OK", "values": {}}' "$(xs control --json check)"
xs control --json memreport | grep -q '"values": {"resident": [0-9]*, "heap": [0-9]*,.*"watches": [0-9]'
report $? control_memreport
xs control memreport "$dir/memory" >/dev/null && grep -q '^nodes  *: ' "$dir/memory"
report $? control_memreport_into_a_file

# One that asks without end, and one who looks at who asks.
(while xs read /t/a /t/a /t/a /t/a >/dev/null; do :; done) &
busy=$!
await top_shows_who_asks
report $? top_shows_rates_by_client
kill "$busy"
case $(xs control help) in
*quota*) report 0 control_help ;;
*) report 1 control_help ;;
esac
xs frobnicate 2>/dev/null
same an_unknown_command_is_refused 1 $?
ln -s "$bin/xenstore" "$dir/xenstore-read"
same name_of_a_link_chooses_the_command one "$("$dir/xenstore-read" /t/a)"
set --
for i in $(seq 1 40); do
	set -- "$@" "/many/a-rather-long-name-of-a-child-number-$i" "$i"
done
xs write "$@"
report $? forty_writes_in_one_transaction

"$client" >"$dir/client.log" 2>&1
report $? client_library
sed 's/^/# /' "$dir/client.log"

if needs xenstore-read debian_xenstore_read; then
	same debian_xenstore_read one "$(xenstore-read /t/a)"
fi
if needs xenstore-write debian_xenstore_write; then
	xenstore-write /d/x 1 /d/y 2
	report $? debian_xenstore_write
fi
if needs xenstore-ls debian_xenstore_ls; then
	same debian_xenstore_ls '/d/x = "1"   (n0)
/d/y = "2"   (n0)' "$(xenstore-ls -f -p /d)"
fi
if needs xenstore-list debian_xenstore_list; then
	same debian_xenstore_list 'x
y' "$(xenstore-list /d)"
fi
if needs xenstore-chmod debian_xenstore_chmod; then
	xenstore-chmod /d n3 b4 &&
		[ "$(xs ls -fp / | grep '^/d ')" = '/d = ""   (n3,b4)' ]
	report $? debian_xenstore_chmod
fi
if needs xenstore-exists debian_xenstore_exists; then
	xenstore-exists /d/x && ! xenstore-exists /d/none
	report $? debian_xenstore_exists
fi
if needs xenstore-watch debian_xenstore_watch; then
	timeout 60 xenstore-watch -n 1 /d >"$dir/events"
	same debian_xenstore_watch /d "$(cat "$dir/events")"
fi
if needs xenstore-rm debian_xenstore_rm; then
	xenstore-rm /d && ! xs exists /d
	report $? debian_xenstore_rm
fi
if needs "$peer" debian_test_xenstore; then
	timeout 120 "$peer" -i 50 >"$dir/suite" 2>&1
	report $? debian_test_xenstore
fi

# A live update to a program that is no daemon: the present one goes on.
for impostor in true false; do
	serving=$(cat "$dir/pid")
	xs write /t/before $impostor
	xs control live-update -f "/bin/$impostor" >/dev/null
	xs control live-update -s >/dev/null 2>&1
	await another_serves
	report $? "another_daemon_serves_after_$impostor"
	same "the_store_is_there_after_$impostor" $impostor "$(xs read /t/before)"
done
[ "$(child_of "$pid")" = "$(cat "$dir/pid")" ]
report $? one_process_waits_for_all_of_them

# One that is killed before it serves: who waits is told by its successor.  A
# pid file that nobody reads holds it up.
mkdir "$dir/early"
mkfifo "$dir/early/pid"
timeout 120 "$bin/xenstored" --no-dom0 --rundir "$dir/early" --pid-file "$dir/early/pid" \
	2>>"$dir/log" &
starter=$!
await early_daemon
kill -KILL "$early"
timeout 60 cat "$dir/early/pid" >/dev/null
wait "$starter"
report $? a_successor_says_that_it_is_ready
kill -TERM "$supervisor"

xs control check >/dev/null
report $? store_is_consistent_at_the_end
kill -TERM "$pid"
wait "$pid"
same daemon_leaves_without_sanitizer_reports 0 $?
pid=
report_log log_is_clean
[ ! -e "$dir/socket" ]
report $? socket_is_gone
"$bin/xenstore" read /x 2>"$dir/message"
same without_a_daemon_it_says_what_to_do 1 $?
grep -q 'is xenstored running' "$dir/message"
report $? the_message_names_the_daemon

finish
