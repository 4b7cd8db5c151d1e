#!/bin/sh
# SPDX-License-Identifier: MIT
# A daemon on the hypervisor of files is replaced, and killed, while guests
# work.  Prints TAP.  TIMES (default 5) is how often.
# usage: upheaval.sh DAEMON CLIENT

daemon=$1
client=$2
times=${TIMES:-5}
. "$(dirname "$0")/daemon_under_test.sh"
export FAKEXEN_DIR="$dir"

# upheaval KIND: a fresh machine, then guests on it, and their daemon's end
upheaval() {
	rm -rf "$dir"/*
	mkfifo "$dir/events"
	for domid in 0 1 2 3; do
		truncate -s 4096 "$dir/ring-$domid"
		mkfifo "$dir/guest-$domid"
	done
	"$daemon" -N --rundir "$dir/run" --pid-file "$dir/pid" 2>"$dir/log" &
	pid=$!
	"$client" "$1" "$times" "$daemon" "$dir/run" "$dir/pid" >"$dir/out" 2>&1
	report $? "guests_notice_no_$1"
	sed 's/^/# /' "$dir/out"
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	[ "$status" -eq 0 ] || echo "# exit status $status"
	report "$status" "daemon_ends_well_after_$1"
	pid=
	! grep -q -e 'runtime error' -e 'ERROR: ' -e 'cannot' "$dir/log"
	report $? "log_is_clean_after_$1"
	[ "$failed" -eq 0 ] || sed 's/^/# /' "$dir/log" | tail -40
}

upheaval update
[ "$(grep -c 'live update: .* goes on' "$dir/log")" -eq "$times" ]
report $? "it_was_updated_as_often_as_asked"
upheaval kill
[ "$(grep -c 'recovery: ' "$dir/log")" -eq "$times" ]
report $? "it_recovered_as_often_as_it_was_killed"
finish
