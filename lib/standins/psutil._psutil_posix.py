# SPDX-License-Identifier: MIT
"""What psutil has in C for POSIX systems, for the package psutil as it is installed."""
import os
import resource


def getpagesize():
    return resource.getpagesize()


def getpriority(pid):
    return os.getpriority(os.PRIO_PROCESS, pid)


def setpriority(pid, value):
    os.setpriority(os.PRIO_PROCESS, pid, value)


def _read(name, what):
    with open(f"/sys/class/net/{name}/{what}") as file:
        return file.read().strip()


def net_if_mtu(name):
    return int(_read(name, "mtu"))


def net_if_flags(name):
    """The flags of a network interface that is up or a loop."""
    bits = int(_read(name, "flags"), 16)
    names = ("up", "broadcast", "debug", "loopback", "pointopoint", "notrailers", "running")
    if bits & 1 and _read(name, "carrier") == "1":
        bits |= 1 << names.index("running")
    return [each for i, each in enumerate(names) if bits >> i & 1]


def net_if_addrs():
    """[(name, family, address, netmask, broadcast, peer)]: the hardware addresses."""
    import socket
    return [(name, socket.AF_PACKET, _read(name, "address"), None, None, None)
            for name in sorted(os.listdir("/sys/class/net"))]
