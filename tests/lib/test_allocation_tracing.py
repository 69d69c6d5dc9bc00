"""tracemalloc: which line made what lives now, and how much it takes."""
import gc
import subprocess
import sys
import traceback
import tracemalloc
import unittest


def make_bytes(n):
    return b"x" * n


def make_list(n):
    return [None] * n


def descend(depth, leaf):
    return descend(depth - 1, leaf) if depth else leaf()


def line_of(function, offset=1):
    return function.__code__.co_firstlineno + offset


def frames_of(thing):
    found = tracemalloc.get_object_traceback(thing)
    return None if found is None else [(f.filename, f.lineno) for f in found]


class Tracing(unittest.TestCase):
    frames = 1

    def setUp(self):
        tracemalloc.stop()
        tracemalloc.start(self.frames)
        self.addCleanup(tracemalloc.stop)

    def traced(self):
        return tracemalloc.get_traced_memory()[0]

    def statistic(self, line):
        found = [s for s in tracemalloc.take_snapshot().statistics("lineno")
                 if s.traceback[0].filename == __file__ and s.traceback[0].lineno == line]
        return (found[0].count, found[0].size) if found else (0, 0)


class OneFrame(Tracing):
    def test_an_object_knows_its_line(self):
        self.assertEqual(frames_of(make_bytes(99)), [(__file__, line_of(make_bytes))])

    def test_an_object_from_before_is_unknown(self):
        tracemalloc.stop()
        old = make_bytes(99)
        tracemalloc.start()
        new = make_bytes(99)
        self.assertIsNone(frames_of(old))
        self.assertIsNotNone(frames_of(new))

    def test_values_without_a_cell_have_no_traceback(self):
        for value in (1, 1.5, None, True, int, len):
            self.assertIsNone(tracemalloc.get_object_traceback(value))

    def test_a_reused_cell_tells_of_its_new_object(self):
        for _ in range(100):
            thing = make_bytes(64)
            self.assertEqual(frames_of(thing), [(__file__, line_of(make_bytes))])
            thing = bytes(bytearray(64))
            self.assertNotEqual(frames_of(thing), [(__file__, line_of(make_bytes))])

    def test_memory_comes_and_goes(self):
        before = self.traced()
        things = [make_bytes(1000) for _ in range(1000)]
        grown = self.traced() - before
        self.assertGreaterEqual(grown, 1000 * sys.getsizeof(things[0]))
        self.assertLess(grown, 1_200_000)
        del things
        self.assertLess(self.traced() - before, 10_000)

    def test_the_sum_of_all_traces_is_the_total(self):
        keep = [[i, str(i), {i: (i,)}] for i in range(3000)]
        snapshot = tracemalloc.take_snapshot()
        total = self.traced()
        self.assertLess(abs(sum(t.size for t in snapshot.traces) - total), 200_000)
        self.assertEqual(len(keep), 3000)

    def test_the_peak_outlives_what_made_it(self):
        tracemalloc.reset_peak()
        big = make_list(1_000_000)
        size = sys.getsizeof(big)
        del big
        now, peak = tracemalloc.get_traced_memory()
        self.assertGreaterEqual(peak, now + size - 4096)
        tracemalloc.reset_peak()
        self.assertLess(tracemalloc.get_traced_memory()[1], now + 100_000)

    def test_a_snapshot_is_no_part_of_what_it_shows(self):
        keep = [make_bytes(50) for _ in range(20_000)]
        tracemalloc.reset_peak()
        before = self.traced()
        raw = tracemalloc._get_traces()
        now, peak = tracemalloc.get_traced_memory()
        self.assertLess(now - before, 10_000)
        self.assertLess(peak - before, 100_000)
        self.assertGreaterEqual(len(raw), len(keep))

    def test_a_resized_block_is_where_it_was_resized(self):
        grown = []
        for _ in range(200_000):
            grown.append(None)
        count, size = self.statistic(line_of(self.test_a_resized_block_is_where_it_was_resized, 3))
        self.assertEqual(count, 1)
        self.assertGreaterEqual(size, 200_000 * 8)

    def test_clear_forgets_and_goes_on(self):
        old = make_bytes(99)
        tracemalloc.clear_traces()
        new = make_bytes(99)
        self.assertIsNone(frames_of(old))
        self.assertEqual(frames_of(new), [(__file__, line_of(make_bytes))])
        self.assertLess(self.traced(), 10_000)

    def test_a_page_with_old_and_new_cells_counts_the_new(self):
        tracemalloc.stop()
        old = [make_bytes(200) for _ in range(10_000)]
        del old[::2]
        tracemalloc.start()
        self.assertEqual(self.traced() // 1000, 0)
        new = [make_bytes(200) for _ in range(1000)]
        self.assertGreaterEqual(self.traced(), 1000 * sys.getsizeof(new[0]))
        self.assertLess(self.traced(), 1100 * sys.getsizeof(new[0]) + 10_000)

    def test_code_of_the_same_text_takes_its_room_once(self):
        def use(n):
            for _ in range(n):
                exec(compile("x = [1, 2]\ny = [x]", "<same>", "exec"), {})
            return tracemalloc.get_tracemalloc_memory()

        first = use(10)
        self.assertLess(use(500) - first, 40_000)

    def test_a_line_of_dead_code_is_known(self):
        space = {}
        exec("\n\n\ndef f():\n    return [1] * 50", space)
        thing = space["f"]()
        space.clear()
        gc.collect()
        self.assertEqual(frames_of(thing), [("<string>", 5)])

    def test_all_calls_are_counted(self):
        def make(depth):
            return make(depth - 1) if depth else object()
        limit = sys.getrecursionlimit()
        self.addCleanup(sys.setrecursionlimit, limit)
        sys.setrecursionlimit(5000)
        depths = 0, 1, 7, 100, 4000                 # the last is more than fit into the usual numbers
        kept = [make(depth) for depth in depths]
        place = tracemalloc.get_object_traceback(kept[0])
        self.assertEqual(place, tracemalloc.get_object_traceback(kept[-1]))
        counts = sorted(trace.traceback.total_nframe for trace in tracemalloc.take_snapshot().traces
                        if trace.traceback == place and trace.size == sys.getsizeof(kept[0]))
        self.assertEqual([count - counts[0] for count in counts], list(depths))

    def test_metadata_is_small(self):
        before = tracemalloc.get_tracemalloc_memory()
        keep = [(i,) for i in range(100_000)]
        self.assertLess(tracemalloc.get_tracemalloc_memory() - before, 8 * len(keep))

    def test_start_again_changes_nothing(self):
        thing = make_bytes(9)
        tracemalloc.start(9)
        self.assertEqual(tracemalloc.get_traceback_limit(), 1)
        self.assertIsNotNone(frames_of(thing))

    def test_limits(self):
        for n in (0, -1, 65536):
            with self.assertRaisesRegex(ValueError,
                                        r"the number of frames must be in range \[1; 65535\]"):
                tracemalloc.start(n)
        self.assertRaises(TypeError, tracemalloc.start, "1")

    def test_when_off(self):
        tracemalloc.stop()
        self.assertFalse(tracemalloc.is_tracing())
        self.assertEqual(tracemalloc.get_traced_memory(), (0, 0))
        self.assertEqual(tracemalloc._get_traces(), [])
        self.assertRaises(RuntimeError, tracemalloc.take_snapshot)


class ManyFrames(Tracing):
    frames = 25

    def test_the_chain_of_calls(self):
        here = line_of(self.test_the_chain_of_calls, 2)
        thing = descend(2, lambda: make_bytes(77))
        last = frames_of(thing)[-5:]
        call = line_of(descend)
        self.assertEqual(last, [(__file__, line) for line in
                                (call, call, call, here, line_of(make_bytes))])

    def test_each_depth_gives_its_latest_frames(self):
        call = line_of(descend)
        for depth in list(range(0, 110, 7)) + [500]:
            places = frames_of(descend(depth, lambda: make_bytes(77)))
            self.assertEqual(len(places), min(len(traceback.extract_stack()) + depth + 3, 25))
            inner = [line for _, line in places if line == call]
            self.assertEqual(len(inner), min(depth + 1, 23))

    def test_a_traceback_is_right_while_the_stack_moves(self):
        def tree(depth):
            here = [make_bytes(33)]
            for _ in range(2 if depth else 0):
                here += tree(depth - 1)
            here.append(make_bytes(44))
            return here

        first = line_of(tree)
        calls = first + 2
        for thing in tree(7):
            places = [line for _, line in frames_of(thing)]
            self.assertEqual(places[-1], line_of(make_bytes))
            self.assertEqual(places[-2], first if len(thing) == 33 else first + 3)
            self.assertLessEqual(places.count(calls), 7)

    def test_a_generator_is_called_from_where_it_is_resumed(self):
        def numbers():
            while True:
                yield make_bytes(55)

        g = numbers()
        one = next(g)
        two = next(g)
        first = line_of(self.test_a_generator_is_called_from_where_it_is_resumed, 6)
        self.assertEqual(frames_of(one)[-3][1], first)
        self.assertEqual(frames_of(two)[-3][1], first + 1)

    def test_traces_with_one_chain_share_it(self):
        keep = [make_bytes(66) for _ in range(100)]
        raw = [trace for trace in tracemalloc._get_traces()
               if trace[2][0] == (__file__, line_of(make_bytes))]
        self.assertEqual(len(raw), len(keep))
        self.assertEqual(len({id(trace[2]) for trace in raw}), 1)
        self.assertGreater(raw[0][3], 3)

    def test_stop_and_start_with_another_limit(self):
        tracemalloc.stop()
        tracemalloc.start(3)
        self.assertEqual(len(frames_of(descend(30, lambda: make_bytes(77)))), 3)


class CommandLine(unittest.TestCase):
    show = "import tracemalloc as t; print(t.is_tracing(), t.get_traceback_limit())"

    def run_with(self, *options, **environment):
        return subprocess.run([sys.executable, *options, "-c", self.show], capture_output=True,
                              text=True, env=environment)

    def test_option(self):
        self.assertEqual(self.run_with("-X", "tracemalloc").stdout, "True 1\n")
        self.assertEqual(self.run_with("-X", "tracemalloc=7").stdout, "True 7\n")
        self.assertEqual(self.run_with("-X", "tracemalloc=0").stdout, "False 1\n")

    def test_environment(self):
        self.assertEqual(self.run_with(PYTHONTRACEMALLOC="5").stdout, "True 5\n")
        self.assertEqual(self.run_with(PYTHONTRACEMALLOC="").stdout, "False 1\n")
        self.assertEqual(self.run_with("-E", PYTHONTRACEMALLOC="5").stdout, "False 1\n")

    def test_bad_numbers(self):
        for bad in ("x", "70000", "-1", "1x"):
            run = self.run_with("-X", "tracemalloc=" + bad)
            self.assertEqual(run.returncode, 1)
            self.assertIn("-X tracemalloc=NFRAME: invalid number of frames", run.stderr)

    def test_a_forgotten_file_says_where_it_was_opened(self):
        code = "def f():\n  open('/dev/null')\nf()"
        run = subprocess.run([sys.executable, "-X", "tracemalloc=5", "-W", "always", "-c", code],
                             capture_output=True, text=True)
        self.assertIn("ResourceWarning: unclosed file", run.stderr)
        self.assertIn("Object allocated at (most recent call last):", run.stderr)
        self.assertIn('File "<string>", lineno 2', run.stderr)


if __name__ == "__main__":
    unittest.main()
