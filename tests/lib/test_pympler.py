"""pympler: deep sizes, exact where the runtime is: the bytes of cells."""
import gc
import io
import os
import sys
import tempfile
import unittest

from pympler import asizeof, muppy, summary, tracker
from pympler.asizeof import Asizer
from pympler.classtracker import ClassTracker
from pympler.classtracker_stats import ConsoleStats, HtmlStats
from pympler.refbrowser import StreamBrowser


class Plain:
    def __init__(self, *values):
        self.first, self.second = values


class Slotted:
    __slots__ = ("first", "__second")

    def __init__(self, first, second):
        self.first, self.__second = first, second


def flat(*objects):
    return sum(map(sys.getsizeof, objects))


class Sizes(unittest.TestCase):
    def test_alone(self):
        for each in [], {}, set(), "text", b"bytes", 10**100, (), bytearray(100), Plain(1, 2):
            self.assertEqual(asizeof.asizeof(each), sys.getsizeof(each), each)
        for each in 1, 1.5, None, True:
            self.assertEqual(asizeof.asizeof(each), 0)

    def test_what_it_holds(self):
        inner = ["a text of its own", 2**70]
        outer = {"key of it": inner, "again": inner}
        self.assertEqual(asizeof.asizeof(outer), flat(outer, inner, *inner, *outer))
        plain = Plain("one text", ["list"])
        self.assertEqual(asizeof.asizeof(plain), flat(plain, plain.first, plain.second, "list"))
        slotted = Slotted("one text", ["list"])
        self.assertEqual(asizeof.asizeof(slotted), flat(slotted, slotted.first, ["list"], "list"))
        vars(plain)     # now it has a dict
        self.assertEqual(asizeof.asizeof(plain), flat(plain, plain.__dict__, *plain.__dict__,
                                                      plain.first, plain.second, "list"))

    def test_subclasses(self):
        class Text(str):
            pass

        class Items(list):
            pass
        text = Text("0123456789" * 10)
        self.assertEqual(asizeof.asizeof(text), sys.getsizeof(text))
        items = Items([text, text])
        items.name = "some name"
        self.assertEqual(asizeof.asizeof(items), flat(items, text, items.name))

    def test_many_attributes(self):
        class Wide:
            pass
        wide = Wide()
        for i in range(60):
            setattr(wide, f"attribute_{i}", None)
        parts = [ref for name, ref in asizeof.named_refs(wide) if name == "__dict__"]
        self.assertEqual(asizeof.asizeof(wide), flat(wide, *parts, *(parts and parts[0])))

    def test_cycles_and_depth(self):
        a, b = [], []
        a += [b, a, b]
        b.append(a)
        self.assertEqual(asizeof.asizeof(a), flat(a, b))
        deep = None
        for _ in range(200_000):
            deep = [deep]
        one = sys.getsizeof([None])
        self.assertEqual(asizeof.asizeof(deep), 200_000 * one)
        self.assertEqual(asizeof.asizeof(deep, limit=10), 11 * one)
        self.assertEqual(asizeof.asizeof(deep, limit=0), one)

    def test_limit_is_of_the_shortest_way(self):
        end = ["end"]
        self.assertEqual(asizeof.asizeof([[[end]], end], limit=2),
                         flat([1, 2], [1], [1], end, "end"))

    def test_generators(self):
        def steps(items):
            yield items
        items = list(range(1000))
        generator = steps(items)
        self.assertEqual(asizeof.asizeof(generator), flat(generator, items))

    def test_code_is_left_out(self):
        def function(default=[1, 2, 3]):
            return default
        self.assertEqual(asizeof.asizeof([function, Plain, sys, len]), flat([1, 2, 3, 4]))
        default = function.__defaults__
        self.assertEqual(asizeof.asizeof(function), flat(function, default, default[0]))
        self.assertGreater(asizeof.asizeof(function, code=True),
                           flat(function, function.__code__, default, default[0]))
        self.assertLess(asizeof.asizeof(function, code=True), 10_000)
        self.assertGreater(asizeof.asizeof(Plain, code=True), asizeof.asizeof(Plain))

    def test_several(self):
        shared = ["shared " * 10]
        a, b = [shared], [shared]
        whole = flat(a, b, shared, shared[0])
        self.assertEqual(asizeof.asizeof(a, b), whole)
        self.assertEqual(asizeof.asizesof(a, b), (whole - flat(b), flat(b)))
        self.assertEqual(asizeof.asizesof(a, a), (flat(a, shared, shared[0]), 0))
        self.assertEqual(asizeof.asizesof(), ())

    def test_align(self):
        self.assertEqual(asizeof.asizeof(["x", "y"], align=64), 3 * 64)
        self.assertEqual(asizeof.flatsize("x", align=64), 64)
        with self.assertRaises(ValueError):
            asizeof.asizeof([], align=3)

    def test_nothing_changes(self):
        objects = [Plain(i, str(i)) for i in range(1000)]
        counts = [sys.getrefcount(each) for each in objects]
        asizeof.asizeof(objects)
        gc.collect()
        live = sys.getallocatedblocks()
        for _ in range(10):
            asizeof.asizeof(objects)
        gc.collect()
        self.assertLess(abs(sys.getallocatedblocks() - live), 20)
        self.assertEqual([sys.getrefcount(each) for each in objects], counts)

    def test_options(self):
        with self.assertRaisesRegex(ValueError, "invalid option: colour='red'"):
            asizeof.asizeof([], colour="red")
        self.assertGreater(asizeof.asizeof(all=True), 100_000)
        out = io.StringIO()
        asizeof.asizeof([1, 2], stats=2, stream=out)
        self.assertIn(f"{flat([1, 2])} bytes", out.getvalue())


class Parts(unittest.TestCase):
    def test_asized(self):
        obj = [1, "some text", {"key": ("a", "bc")}]
        sized = asizeof.asized(obj, detail=2)
        self.assertEqual((sized.size, sized.flat), (asizeof.asizeof(obj), sys.getsizeof(obj)))
        self.assertEqual(sized.size, sized.flat + sum(each.size for each in sized.refs))
        inner = sized.get("{'key': ('a', 'bc')}")
        self.assertEqual(inner.size, asizeof.asizeof(obj[2]))
        self.assertEqual([each.name for each in inner.refs], ["[K] 'key'", "[V] 'key': ('a', 'bc')"])
        self.assertIsNone(sized.get("none"))
        lines = sized.format().split("\n")
        self.assertEqual(lines[0], f"{obj!r} size={sized.size} flat={sized.flat}")
        self.assertEqual(lines[1], f"    {obj[2]!r} size={inner.size} flat={inner.flat}")
        self.assertEqual(len(lines), 6)
        self.assertEqual(asizeof.asized(obj).refs, ())
        self.assertIsInstance(asizeof.asized(obj, obj), tuple)

    def test_names(self):
        self.assertEqual([name for name, _ in asizeof.named_refs(Slotted([], {}))],
                         ["_Slotted__second", "first", "__class__"])
        self.assertEqual([name for name, _ in asizeof.named_refs(Plain(1, ""))],
                         ["first", "second", "__class__"])
        self.assertEqual(list(asizeof.refs(["a", 1])), ["a", 1])

    def test_units(self):
        self.assertEqual(asizeof.leng("abc"), 3)
        self.assertEqual(asizeof.leng(2**90), 4)
        self.assertIsNone(asizeof.leng(1.5))
        items = list(range(5))
        items.append(6)
        self.assertGreaterEqual(asizeof.leng(items), 6)
        self.assertEqual(asizeof.flatsize(items), sys.getsizeof(items))
        self.assertEqual(asizeof.basicsize([]), list.__basicsize__)


class Accumulated(unittest.TestCase):
    def test_total(self):
        sizer = Asizer()
        shared = ["shared " * 10]
        first = sizer.asizeof([shared])
        second = sizer.asizeof([shared, 1])
        self.assertEqual(first, flat([1], shared, shared[0]))
        self.assertEqual(second, flat([1, 2]))
        self.assertEqual(sizer.total, first + second)
        self.assertEqual(sizer.asizeof(shared), 0)
        self.assertEqual(sizer.duplicate, 1)
        sizer.reset()
        self.assertEqual(sizer.asizeof(shared), flat(shared, shared[0]))

    def test_exclude(self):
        big = ["x" * 1000]
        sizer = Asizer()
        sizer.exclude_refs(big)
        self.assertEqual(sizer.asizeof([big]), flat([1]))
        sizer = Asizer()
        sizer.exclude_types(str)
        self.assertEqual(sizer.asizeof([big]), flat([1], big))


class Heap(unittest.TestCase):
    def test_objects(self):
        kept = [Plain(1, "some text of mine"), 2**80]
        objects = muppy.get_objects()
        ids = set(map(id, objects))
        self.assertEqual(len(ids), len(objects))
        for each in (kept, *kept, kept[0].second):
            self.assertIn(id(each), ids)
        self.assertEqual(muppy.get_size(kept), flat(*kept))
        self.assertEqual(muppy.sort([[1, 2, 3], []]), [[], [1, 2, 3]])
        self.assertEqual(muppy.filter([1, "a", "b" * 100], Type=str, min=100), ["b" * 100])
        self.assertEqual(muppy.get_diff([1, kept], [kept, "x"]), {"+": ["x"], "-": [1]})
        self.assertEqual(len(muppy.get_referents([[1], [1]], level=2)), 3)

    def test_summary(self):
        rows = summary.summarize([[], [1], "a", Plain(1, 2)])
        self.assertEqual(sorted(rows), sorted([["list", 2, flat([], [1])], ["str", 1, flat("a")],
                                               [f"{__name__}.Plain", 1, flat(Plain(1, 2))]]))
        lines = list(summary.format_([["a", 3, 100], ["bb", 1, 5000]], limit=1))
        self.assertEqual(lines, [" types |    # objects |    total size",
                                 "====== | ============ | =============",
                                 "    bb |            1 |       4.88 KB"])
        self.assertEqual(list(summary.format_([["a", 3, 100]], sort="#"))[2],
                         "     a |            3 |     100     B")
        self.assertEqual(summary.get_diff([["a", 1, 8]], [["a", 3, 10], ["b", 1, 1]]),
                         [["a", 2, 2], ["b", 1, 1]])
        with self.assertRaises(ValueError):
            list(summary.format_([], sort="colour"))

    def test_tracker(self):
        tracked = tracker.SummaryTracker()
        tracked.diff()
        self.assertEqual([row for row in tracked.diff() if row[1] > 2], [])
        kept = [Plain(i, i) for i in range(50)]
        rows = {name: (count, size) for name, count, size in tracked.diff()}
        self.assertEqual(rows[f"{__name__}.Plain"], (50, 50 * sys.getsizeof(kept[0])))
        del kept
        self.assertEqual({name: count for name, count, _ in tracked.diff()}[f"{__name__}.Plain"], -50)
        objects = tracker.ObjectTracker()
        new = Plain(1, 2)
        self.assertIn(id(new), map(id, objects.get_diff()["+"]))

    def test_class_tracker(self):
        class Employee:
            def __init__(self, name):
                self.name = name
        tracked = ClassTracker(stream=io.StringIO())
        boss = Employee("boss")
        boss.staff = []
        tracked.track_object(boss, name="Boss", resolution_level=1)
        tracked.track_class(Employee, name="Employee")
        tracked.create_snapshot("before")
        boss.staff.extend(Employee("x" * i) for i in range(100, 110))
        tracked.create_snapshot("after")
        del boss.staff[:5]
        tracked.create_snapshot("later")
        stats = tracked.stats
        stats.print_summary()
        active = [snapshot.classes["Employee"]["active"] for snapshot in tracked.snapshots]
        self.assertEqual(active, [0, 10, 5])
        one = boss.staff[0]
        self.assertEqual(tracked.snapshots[1].classes["Employee"]["sum"],
                         10 * sys.getsizeof(one) + sum(flat("x" * i) for i in range(100, 110)))
        self.assertIn("Boss", stats.stream.getvalue())
        stats.print_stats("Boss")
        self.assertRegex(stats.stream.getvalue(), r"\n    (staff|__dict__) ")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "stats")
            stats.dump_stats(path)
            loaded = ConsoleStats(filename=path, stream=io.StringIO())
            loaded.print_summary()
            HtmlStats(filename=path).create_html(path + ".html")
        self.assertIn("after", loaded.stream.getvalue())
        tracked.close()
        self.assertFalse(hasattr(Employee.__init__, "__wrapped__"))

    def test_refbrowser(self):
        target = ["target"]
        holder = {"key": target}
        out = io.StringIO()
        StreamBrowser(target, maxdepth=1, stream=out).print_tree()
        self.assertIn("+-- dict of 1", out.getvalue())
        self.assertTrue(out.getvalue().startswith("list of 1\n"))
        del holder


if __name__ == "__main__":
    unittest.main()
