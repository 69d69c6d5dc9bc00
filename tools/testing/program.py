# SPDX-License-Identifier: MIT
"""Running a program under test: its output, its end, and what a test made of them."""
import contextlib
import dataclasses
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys

ORACLE = "/usr/bin/python3.11"      # what says what is right
MEMORY = 4 << 30        # bytes of data that a program under test may have
time_factor = 1         # set by the command line
sanitized = False       # likewise: a program of an asan or tsan build
running = set()         # the programs under test that run now
stopped = False         # no more of them: the run was interrupted


@dataclasses.dataclass
class Result:
    """What became of one test."""
    name: str
    outcome: str            # passed, failed or skipped
    detail: str = ""        # why, several lines
    again: str = ""         # the command that runs this test again
    count: int = 1          # of tests that this stands for

    def text(self, seconds):
        mark = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}[self.outcome]
        text = f"{mark} {self.name}" + ("" if self.outcome == "failed" else f"  {seconds:.2f} s")
        text += "".join(f"\n    {line}" for line in self.detail.splitlines())
        return text + (f"\n    again: {self.again}" if self.again and self.outcome == "failed" else "")


@dataclasses.dataclass
class End:
    """How a program ended and what it wrote."""
    status: int             # exit status, or minus the signal
    stdout: str
    stderr: str
    timeout: float = 0      # the seconds after which it was killed, 0 if it was not

    def crash(self):
        """Why this end is no way for a program to end, or ''."""
        if self.timeout:
            return f"still running after {self.timeout:g} s"
        if self.status < 0:
            name = signal.Signals(-self.status).name
            return f"killed by {name}" + tail(self.stderr)
        if "Sanitizer" in self.stderr or "runtime error:" in self.stderr:
            return "a sanitizer reports" + tail(self.stderr, 30)
        return ""


def tail(text, lines=6):
    """The last lines of a text, each on a line of its own."""
    return "".join("\n" + line[:300] for line in text.rstrip().splitlines()[-lines:])


def command(words):
    """The program to test as a list, good in any working directory."""
    program, *arguments = shlex.split(str(words))
    path = shutil.which(program)
    if not path:
        sys.exit(f"test: no program {program}; run make first")
    return [os.path.abspath(path), *arguments]


def environment(**variables):
    """The environment of a program under test."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"} | variables


def execute(words, cwd, timeout, stdin=None, **variables):
    """Run a program in a session of its own; kill the session when the time is over."""
    timeout *= time_factor
    if stopped:
        raise InterruptedError
    process = subprocess.Popen(
        words, cwd=cwd, env=environment(**variables), start_new_session=True, preexec_fn=limit,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    killed = 0
    running.add(process)
    if stopped:     # meanwhile
        os.killpg(process.pid, signal.SIGKILL)
    try:
        stdout, stderr = process.communicate(stdin and stdin.encode(), timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        killed = timeout
    finally:
        running.discard(process)
    return End(process.returncode, stdout.decode(errors="replace"),
               stderr.decode(errors="replace"), killed)


def stop():
    """Kill the sessions of all programs that run, and start no more."""
    global stopped
    stopped = True
    for process in list(running):
        with contextlib.suppress(ProcessLookupError):      # it has just ended
            os.killpg(process.pid, signal.SIGKILL)


def limit():
    """In the child: a program that runs away must not take the machine with it."""
    if not sanitized:          # a sanitizer's shadow memory counts too
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
