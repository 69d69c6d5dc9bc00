# SPDX-License-Identifier: MIT
"""What psutil has in C for Linux, for the package psutil as it is installed."""
import os
import sys

import resource

DUPLEX_HALF, DUPLEX_FULL, DUPLEX_UNKNOWN = 0, 1, 255
RLIM_INFINITY = resource.RLIM_INFINITY
for _name in dir(resource):
    if _name.startswith("RLIMIT_"):
        globals()[_name] = getattr(resource, _name)


def __getattr__(name):
    # psutil refuses to work with a part of another version: this one is of whichever asks
    if name == "version":
        return int(sys.modules["psutil"].__version__.replace(".", ""))
    raise AttributeError(name)


def set_debug(value):
    """Messages for psutil's authors: there are none."""


def linux_sysinfo():
    """(total, free, buffer, shared, swap total, swap free, unit) of the machine's memory."""
    size = {}
    with open("/proc/meminfo") as file:
        for line in file:
            name, value = line.split()[:2]
            size[name[:-1]] = int(value) * 1024
    return (size["MemTotal"], size["MemFree"], size.get("Buffers", 0), size.get("Shmem", 0),
            size.get("SwapTotal", 0), size.get("SwapFree", 0), 1)


def disk_partitions(path):
    """[(device, mount point, type, options)] of a file such as /proc/mounts."""
    with open(path, errors="surrogateescape") as file:
        return [tuple(each.encode().decode("unicode_escape") for each in line.split()[:4])
                for line in file]


def users():
    """Who is logged in: nobody that could be told of without reading utmp."""
    return []


def proc_cpu_affinity_get(pid):
    return sorted(os.sched_getaffinity(pid))


def proc_cpu_affinity_set(pid, cpus):
    os.sched_setaffinity(pid, cpus)


def net_if_duplex_speed(name):
    """(duplex, Mbit a second) of a network interface."""
    def read(what):
        try:
            with open(f"/sys/class/net/{name}/{what}") as file:
                return file.read().strip()
        except OSError:
            return ""
    duplex = {"full": DUPLEX_FULL, "half": DUPLEX_HALF}.get(read("duplex"), DUPLEX_UNKNOWN)
    speed = read("speed")
    return duplex, int(speed) if speed.isdigit() else 0
