"""What counting lines costs: nanoseconds a line, by line_profiler and by an empty trace function."""
import sys
import time

LINES = 4


def work(count):
    total = 0
    for i in range(count):
        total += i
        total -= 1
        total += 2
    return total


def best(run, times=5):
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        least = min(least, time.process_time() - start)
    return least


def traced(count):
    def tracer(frame, event, arg):
        return tracer
    sys.settrace(tracer)
    try:
        work(count)
    finally:
        sys.settrace(None)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    plain = best(lambda: work(count))

    def show(name, seconds):
        print(f"{name}: {(seconds - plain) / count / LINES * 1e9:.0f} ns a line")
    show("empty trace function", best(lambda: traced(count)))
    try:
        from line_profiler import LineProfiler
    except ImportError:
        return
    profiler = LineProfiler(work)
    show("line_profiler", best(lambda: profiler.runcall(work, count)))


main()
