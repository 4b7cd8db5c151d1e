#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Debian's python3-pyxs, a client of its own, against a daemon; prints what it gets.

usage: pyxs_client.py SOCKET
"""

import sys

from pyxs import Client, PyXSError


def main(path):
    with Client(unix_socket_path=path) as client:
        client[b"/pyxs/a"] = b"one"
        print(client[b"/pyxs/a"], client.exists(b"/pyxs/a"), client.exists(b"/pyxs/b"))
        client.mkdir(b"/pyxs/dir")
        print(sorted(client.list(b"/pyxs")))
        print(client.get_perms(b"/pyxs/a"))
        client.set_perms(b"/pyxs/a", [b"n0", b"r5"])
        print(client.get_perms(b"/pyxs/a"))
        try:
            client.read(b"/pyxs/none")
        except PyXSError as error:
            print(error)
        client.transaction()
        client[b"/pyxs/tx"] = b"1"
        print(client.commit(), client[b"/pyxs/tx"])
        client.transaction()
        client.delete(b"/pyxs/tx")
        client.rollback()
        print(client.exists(b"/pyxs/tx"))
        print(client.get_domain_path(3), client.is_domain_introduced(3))
        monitor = client.monitor()
        monitor.watch(b"/pyxs/w", b"token")
        print(next(monitor.wait(unwatched=True)))
        client[b"/pyxs/w/x"] = b"2"
        print(next(monitor.wait()))
        monitor.unwatch(b"/pyxs/w", b"token")
        client.delete(b"/pyxs")
        print(client.exists(b"/pyxs"))


main(sys.argv[1])
