# SPDX-License-Identifier: MIT
"""A machine under QEMU, driven through its serial line like a person would.

One Machine is one QEMU process.  What the serial line says goes to a log file
and to a buffer, on which expect() waits.  Every wait has a limit, so that a
hung machine is a failed test and never a hung run; limits only stop a run and
are no measure of speed.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from gdb import Gdb


class Timeout(Exception):
    """Something did not appear on the serial line in time."""


class Died(Exception):
    """QEMU ended while something was still expected of the machine."""


# A loaded machine may need more patience, never less.
PATIENCE = float(os.environ.get("LAMINA_PATIENCE", "1"))


class Machine:
    """A QEMU process with a serial console and a QMP monitor.

    argv is what follows `qemu-system-x86_64` and chooses the machine; serial,
    monitor and display options are added here.  log is the path of the serial
    log, which is overwritten.  Of a slow line no more than 128 bytes are read
    each 3 ms, so that the machine finds its transmitter busy.
    """

    def __init__(self, argv, log, reboots=False, slow=False):
        self.log_path = log
        os.makedirs(os.path.dirname(log), exist_ok=True)
        self._log = open(log, "wb")
        self._dir = tempfile.mkdtemp(prefix="lamina-qemu-")
        qmp = os.path.join(self._dir, "qmp")
        self.argv = ["qemu-system-x86_64", "-accel", "tcg", "-display", "none", "-vga", "none",
                     "-net", "none", "-serial", "stdio", "-qmp", f"unix:{qmp},server=on,wait=off"]
        if not reboots:
            self.argv.append("-no-reboot")
        self.argv += argv
        self._log.write(("# " + " ".join(self.argv) + "\n").encode())
        self._log.flush()

        self._text = ""
        self._pos = 0
        self._news = threading.Condition()
        self._eof = False
        self._qmp_path = qmp
        self._qmp = None
        # A session of its own, so that close() reaches QEMU whatever it does.
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        self._slow = slow
        if slow:
            fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        while True:
            data = self.process.stdout.read1(128 if self._slow else 65536)
            if not data:
                break
            if self._slow:
                time.sleep(0.003)
            self._log.write(data)
            self._log.flush()
            with self._news:
                self._text += data.decode("utf-8", "replace").replace("\r", "")
                self._news.notify_all()
        with self._news:
            self._eof = True
            self._news.notify_all()

    @property
    def text(self):
        """All that the serial line has said so far."""
        with self._news:
            return self._text

    def mark(self):
        """Forget what was said so far: expect() looks only behind this point."""
        with self._news:
            self._pos = len(self._text)

    def expect(self, pattern, timeout=60):
        """Wait for a regular expression; the match, and the mark moves behind it."""
        regex = re.compile(pattern, re.MULTILINE)
        end = time.monotonic() + timeout * PATIENCE
        with self._news:
            while True:
                match = regex.search(self._text, self._pos)
                if match:
                    self._pos = match.end()
                    return match
                if self._eof:
                    raise Died(f"QEMU ended; still expected {pattern!r}; {self._tail()}")
                left = end - time.monotonic()
                if left <= 0:
                    raise Timeout(f"no {pattern!r} within {timeout} s; {self._tail()}")
                self._news.wait(left)

    def _tail(self):
        lines = self._text.rstrip().split("\n")[-3:]
        return "last lines: " + " | ".join(lines)

    def send(self, text):
        """Type text; end it with "\\n" to press return.

        Not faster than a reader with a buffer of 128 bytes, which is what the
        peer has, can take it.
        """
        data = text.encode()
        for at in range(0, len(data), 32):
            if at:
                time.sleep(0.02 * PATIENCE)
            self.process.stdin.write(data[at:at + 32])
            self.process.stdin.flush()

    def qmp(self, command, **arguments):
        """Give QEMU's monitor a command; its answer."""
        if self._qmp is None:
            conn = socket.socket(socket.AF_UNIX)
            conn.settimeout(30 * PATIENCE)
            conn.connect(self._qmp_path)
            self._qmp = conn.makefile("rw")
            self._qmp.readline()
            self.qmp("qmp_capabilities")
        self._qmp.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._qmp.flush()
        while True:
            answer = json.loads(self._qmp.readline())
            if "return" in answer or "error" in answer:
                return answer.get("return", answer.get("error"))

    def hmp(self, line, cpu=0):
        """A line for the human monitor, e.g. "info registers", about a processor; its text."""
        return self.qmp("human-monitor-command", **{"command-line": line, "cpu-index": cpu})

    def gdb(self):
        """A connection to QEMU's gdb stub; the machine stops."""
        path = os.path.join(self._dir, "gdb")
        self.hmp(f"gdbserver unix:{path},server=on,wait=off")
        return Gdb(path, PATIENCE)

    def wait_exit(self, timeout=60):
        """Wait until QEMU ends by itself: power-off, or reboot under -no-reboot."""
        try:
            return self.process.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            raise Timeout(f"machine still runs after {timeout} s; {self._tail()}") from None

    def close(self):
        """Stop QEMU if it still runs, and tidy up.  May be called twice."""
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self._reader.join(5)
        self._log.close()
        shutil.rmtree(self._dir, ignore_errors=True)
