# SPDX-License-Identifier: MIT
"""Processes and memory of a Linux system, read from /proc: the part of psutil's interface that tools
about memory use.

For programs that ask psutil where it is not installed.  What is not here raises AttributeError.
"""
import collections
import os
import signal
import time

__version__ = "5.9.4"
version_info = (5, 9, 4)

POSIX, LINUX = True, True
WINDOWS = MACOS = OSX = FREEBSD = NETBSD = OPENBSD = BSD = SUNOS = AIX = False

_PAGE = os.sysconf("SC_PAGESIZE")
_TICKS = os.sysconf("SC_CLK_TCK")

STATUS_RUNNING, STATUS_SLEEPING, STATUS_DISK_SLEEP = "running", "sleeping", "disk-sleep"
STATUS_STOPPED, STATUS_ZOMBIE, STATUS_DEAD, STATUS_IDLE = "stopped", "zombie", "dead", "idle"
_STATUS = {"R": STATUS_RUNNING, "S": STATUS_SLEEPING, "D": STATUS_DISK_SLEEP, "T": STATUS_STOPPED,
           "t": STATUS_STOPPED, "Z": STATUS_ZOMBIE, "X": STATUS_DEAD, "I": STATUS_IDLE}

pmem = collections.namedtuple("pmem", "rss vms shared text lib data dirty")
pfullmem = collections.namedtuple("pfullmem", pmem._fields + ("uss", "pss", "swap"))
pcputimes = collections.namedtuple(
    "pcputimes", "user system children_user children_system iowait")
svmem = collections.namedtuple(
    "svmem", "total available percent used free active inactive buffers cached shared slab")


class Error(Exception):
    """What this module raises."""

    def __init__(self, msg=""):
        super().__init__(msg)
        self.msg = msg


class NoSuchProcess(Error):
    """There is no process with this number any more."""

    def __init__(self, pid, name=None, msg=None):
        super().__init__(msg or f"process PID not found (pid={pid})")
        self.pid, self.name = pid, name


class ZombieProcess(NoSuchProcess):
    """The process has ended, and its parent has not asked how."""


class AccessDenied(Error):
    """The process belongs to somebody else."""

    def __init__(self, pid=None, name=None, msg=None):
        super().__init__(msg or f"access denied (pid={pid})")
        self.pid, self.name = pid, name


class TimeoutExpired(Error):
    """The process still runs."""

    def __init__(self, seconds, pid=None, name=None):
        super().__init__(f"timeout after {seconds} seconds (pid={pid})")
        self.seconds, self.pid, self.name = seconds, pid, name


def _numbers(text):
    """{name: bytes} of lines "Name:  123 kB", equal names added."""
    values = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            values[name] = values.get(name, 0) + int(words[0]) * 1024
    return values


class Process:
    """A process, by its number; None: this one."""

    def __init__(self, pid=None):
        self._pid = os.getpid() if pid is None else pid
        if not isinstance(self._pid, int):
            raise TypeError(f"pid must be an integer (got {pid!r})")
        if self._pid < 0:
            raise ValueError(f"pid must be a positive integer (got {pid!r})")
        self._start = self._stat()[19]

    pid = property(lambda self: self._pid)

    def __repr__(self):
        return f"psutil.Process(pid={self._pid}, name={self.name()!r})"

    def __eq__(self, other):
        if not isinstance(other, Process):
            return NotImplemented
        return (self._pid, self._start) == (other._pid, other._start)

    def __hash__(self):
        return hash((self._pid, self._start))

    def _read(self, name):
        try:
            with open(f"/proc/{self._pid}/{name}", errors="surrogateescape") as file:
                return file.read()
        except (FileNotFoundError, ProcessLookupError):
            raise NoSuchProcess(self._pid) from None
        except PermissionError:
            raise AccessDenied(self._pid) from None

    def _stat(self):
        """The fields of /proc/PID/stat from the third on."""
        return self._read("stat").rpartition(")")[2].split()

    def memory_info(self):
        size, resident, shared, text, library, data, dirty = (
            int(each) * _PAGE for each in self._read("statm").split()[:7])
        return pmem(resident, size, shared, text, library, data, dirty)

    def memory_full_info(self):
        parts = _numbers(self._read("smaps_rollup"))
        unique = sum(parts.get("Private_" + each, 0) for each in ("Clean", "Dirty", "Hugetlb"))
        return pfullmem(*self.memory_info(), unique, parts.get("Pss", 0), parts.get("Swap", 0))

    def memory_percent(self, memtype="rss"):
        info = self.memory_info() if memtype in pmem._fields else self.memory_full_info()
        return getattr(info, memtype) / virtual_memory().total * 100

    def name(self):
        text = self._read("stat")
        return text[text.index("(") + 1:text.rindex(")")]

    def cmdline(self):
        return self._read("cmdline").split("\0")[:-1]

    def exe(self):
        try:
            return os.readlink(f"/proc/{self._pid}/exe")
        except FileNotFoundError:
            raise NoSuchProcess(self._pid) from None
        except PermissionError:
            raise AccessDenied(self._pid) from None

    def cwd(self):
        return os.readlink(f"/proc/{self._pid}/cwd")

    def ppid(self):
        return int(self._stat()[1])

    def parent(self):
        try:
            return Process(self.ppid()) if self.ppid() else None
        except NoSuchProcess:
            return None

    def status(self):
        return _STATUS.get(self._stat()[0], "?")

    def create_time(self):
        with open("/proc/stat") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith("btime"))
        return boot + int(self._start) / _TICKS

    def cpu_times(self):
        fields = self._stat()
        times = [int(each) / _TICKS for each in fields[11:15]]
        return pcputimes(*times, int(fields[39]) / _TICKS if len(fields) > 39 else 0.0)

    def num_threads(self):
        return int(self._stat()[17])

    def num_fds(self):
        return len(os.listdir(f"/proc/{self._pid}/fd"))

    def is_running(self):
        try:
            return self._stat()[19] == self._start
        except NoSuchProcess:
            return False

    def children(self, recursive=False):
        """The processes that it has started; recursive: and those that they have."""
        by_parent = collections.defaultdict(list)
        for pid in pids():
            try:
                child = Process(pid)
                by_parent[child.ppid()].append(child)
            except Error:
                pass
        found = list(by_parent[self._pid])
        for child in found if recursive else ():
            found.extend(by_parent[child.pid])
        return found

    def send_signal(self, sig):
        try:
            os.kill(self._pid, sig)
        except ProcessLookupError:
            raise NoSuchProcess(self._pid) from None
        except PermissionError:
            raise AccessDenied(self._pid) from None

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def suspend(self):
        self.send_signal(signal.SIGSTOP)

    def resume(self):
        self.send_signal(signal.SIGCONT)

    def wait(self, timeout=None):
        """Wait for its end; the exit status, if it is a child of this process."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                pid, status = os.waitpid(self._pid, os.WNOHANG)
                if pid:
                    return os.waitstatus_to_exitcode(status)
            except ChildProcessError:
                if not self.is_running():
                    return None
            if end is not None and time.monotonic() >= end:
                raise TimeoutExpired(timeout, self._pid)
            time.sleep(.01)

    def oneshot(self):
        """A block in which several figures are asked for: nothing needs to be kept for it."""
        import contextlib
        return contextlib.nullcontext()

    # names of psutil before 2.0
    get_memory_info, get_children = memory_info, children


class Popen(Process):
    """subprocess.Popen with the methods of Process."""

    def __init__(self, *args, **keywords):
        import subprocess
        self._child = subprocess.Popen(*args, **keywords)
        super().__init__(self._child.pid)

    def __getattr__(self, name):
        return getattr(self._child, name)

    def wait(self, timeout=None):
        return self._child.wait(timeout)


def pids():
    """The numbers of all processes."""
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def pid_exists(pid):
    return pid >= 0 and os.path.exists(f"/proc/{pid}")


def process_iter(attrs=None, ad_value=None):
    """Yield all processes."""
    for pid in pids():
        try:
            yield Process(pid)
        except NoSuchProcess:
            pass


def virtual_memory():
    """The memory of the machine."""
    with open("/proc/meminfo") as file:
        size = _numbers(file.read())
    total, free = size["MemTotal"], size["MemFree"]
    cached = size.get("Cached", 0) + size.get("SReclaimable", 0)
    available = size.get("MemAvailable", free + cached)
    used = total - free - cached - size.get("Buffers", 0)
    return svmem(total, available, round((total - available) / total * 100, 1),
                 used if used >= 0 else total - free, free, size.get("Active", 0),
                 size.get("Inactive", 0), size.get("Buffers", 0), cached, size.get("Shmem", 0),
                 size.get("Slab", 0))


def cpu_count(logical=True):
    return os.cpu_count()


def boot_time():
    with open("/proc/stat") as file:
        return next(float(line.split()[1]) for line in file if line.startswith("btime"))
