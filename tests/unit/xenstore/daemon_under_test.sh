# SPDX-License-Identifier: MIT
# A daemon under test, for the scripts that start one: a directory of its own
# ($dir), its process ($pid) and its end with the script, and TAP.  To be
# sourced.
# shellcheck shell=sh

dir=$(mktemp -d)
export ASAN_OPTIONS=abort_on_error=0:exitcode=99
count=0
failed=0
pid=

cleanup() {
	[ -n "$pid" ] && kill "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT

# report STATUS NAME: one line of TAP for the exit status of a test
report() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# await COMMAND...: until it succeeds, for a minute at most
await() {
	for _ in $(seq 1200); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}

# The sanitizers found nothing in what the daemon said.
report_log() {
	if grep -q -e 'runtime error' -e 'ERROR: ' "$dir/log"; then
		sed 's/^/# /' "$dir/log"
		report 1 "$1"
	else
		report 0 "$1"
	fi
}

# The plan, and the script's end.
finish() {
	echo "1..$count"
	exit $failed
}
