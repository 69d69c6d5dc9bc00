"""What cProfile costs: time profiled over time not profiled, of the program `calls`."""
import contextlib
import cProfile
import io
import os
import sys
import time

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "programs", "calls.py")


def run(code):
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, {"__name__": "__main__"})
    return time.process_time() - start


def main():
    with open(PROGRAM) as file:
        code = compile(file.read(), PROGRAM, "exec")
    sys.argv[1:] = sys.argv[1:] or ["0.2"]
    plain = min(run(code) for _ in range(3))
    profiled = min(cProfile.Profile().runcall(run, code) for _ in range(3))
    print(f"cProfile on calls: {profiled / plain:.2f}")


main()
