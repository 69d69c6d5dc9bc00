"""Collections that come by themselves: what they find, and what they leave alone."""
import gc
import os
import subprocess
import sys
import types
import unittest
import weakref


class Node:
    def __init__(self, parent):
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)


def tree(size):
    nodes = [Node(None)]
    for i in range(1, size):
        nodes.append(Node(nodes[i // 3]))
    return nodes[0]


def length(ring):
    count, link = 1, ring.next
    while link is not ring:
        count, link = count + 1, link.next
    return count


class ByThemselves(unittest.TestCase):
    def setUp(self):
        gc.collect()

    @unittest.skipIf("gc" in os.environ.get("OUNCE_STRESS", ""), "every allocation collects")
    def test_old_garbage_is_found(self):
        kept, roots = [None] * 20, []
        for i in range(1500):
            kept[i % 20] = tree(1000)
            roots.append(weakref.ref(kept[i % 20]))
        self.assertLess(sum(root() is not None for root in roots), 1000)
        self.assertGreater(gc.get_stats()[2]["collections"], 0)
        self.assertTrue(all(root.children[0].parent is root for root in kept))

    def test_what_moves_about_is_left_alone(self):
        """A large ring is held by a reference that moves along it, and its root from object to object."""
        start = link = Node(None)
        for _ in range(100_000):
            link.next = Node(None)
            link = link.next
        link.next = start
        holder = [link]
        del start
        for i in range(300_000):
            link = link.next
            holder = [link, [holder[0]]]
            holder[0] = holder[1].pop() if i % 2 else link
            link.extra = [i, link]
        del holder
        self.assertEqual(length(link), 100_001)

    def test_large_containers(self):
        """Larger than one part of a visit, old, in cycles, and changed all the while."""
        dead = []
        for i in range(40):
            big = [[j] for j in range(20_000)]
            table = {j: big for j in range(5000)}
            big.append(table)
            big.append({(j, i) for j in range(3000)} | {Node(None)})
            node = Node(None)
            node.big = tuple(big)
            node.self = node
            dead.append(weakref.ref(node))
            for j in range(0, 10_000, 3):
                big[j].append(big)
                if j % 5 == 0:
                    del big[j + 1]
        self.assertEqual(len(node.big), 20_002)
        del big, table, node
        gc.collect()
        self.assertEqual([ref() for ref in dead], [None] * 40)

    def test_callbacks_enclose_a_full_collection(self):
        seen = []
        gc.callbacks.append(lambda phase, info: seen.append((phase, info["generation"])))
        try:
            kept = [tree(3000) for _ in range(100)]
        finally:
            del gc.callbacks[-1]
        self.assertEqual(seen[::2], [("start", generation) for _, generation in seen[::2]])
        self.assertEqual(seen[1::2], [("stop", generation) for _, generation in seen[::2]][:len(seen) // 2])
        self.assertEqual(len(kept), 100)

    def test_finalizers_and_resurrection_in_old_garbage(self):
        log = []

        class Phoenix(Node):
            def __del__(self):
                log.append(self)

        for _ in range(300):
            bird = Phoenix(None)
            bird.friend = tree(1000)
            bird.friend.bird = bird
        del bird
        gc.collect()
        self.assertEqual(len(log), 300)
        self.assertTrue(all(bird.friend.bird is bird for bird in log))
        refs = [weakref.ref(bird) for bird in log]
        del log[:]
        gc.collect()
        self.assertEqual((log, [ref() for ref in refs]), ([], [None] * 300))

    def test_collect_ends_what_is_under_way(self):
        kept = []
        for i in range(200):
            kept.append(tree(1000))
            if i % 7 == 0:
                gc.collect(i % 3)
            if i % 50 == 49:
                gc.freeze()
                gc.unfreeze()
        self.assertEqual(gc.collect(), 0)

    def test_a_new_object_in_the_cell_of_a_frozen_one_is_collected(self):
        frozen = [Node(None) for _ in range(1000)]
        gc.freeze()
        try:
            frozen.clear()
            refs = []
            for _ in range(1000):
                node = Node(None)
                node.self = node
                refs.append(weakref.ref(node))
            del node
            gc.collect()
            self.assertFalse(any(ref() for ref in refs))
        finally:
            gc.unfreeze()


class Pauses(unittest.TestCase):
    PROGRAM = """if True:
        import time
        class Link:
            def __init__(self, next):
                self.next = next
        head, longest, last = None, 0, time.thread_time()
        for _ in range(100_000):
            for _ in range(10):
                head = Link(head)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
        print(longest, flush=True)
        import os
        os._exit(0)
        """

    @unittest.skipIf("OUNCE_STRESS" in os.environ, "an attack mode has pauses of its own")
    def test_growth_is_not_stopped_for_long(self):
        """Ten times the bound: this machine may be busy, and the build a slow one."""
        best = min(float(subprocess.run([sys.executable, "-c", self.PROGRAM], capture_output=True, check=True).stdout)
                   for _ in range(3))
        self.assertLess(best, 0.020)

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython tells it by gc.callbacks alone")
    @unittest.skipIf("gc" in os.environ.get("OUNCE_STRESS", ""), "every allocation collects")
    def test_pauses_are_told(self):
        from _memtools import pauses
        pauses(True)
        kept = [tree(1000) for _ in range(100)]
        count, seconds, longest = pauses(True)
        self.assertEqual(len(kept), 100)
        self.assertGreater(count, 0)
        self.assertTrue(0 < longest <= seconds <= count * longest)
        self.assertLess(seconds, 60)
        self.assertLess(pauses(True)[0], count)


class Shapes(unittest.TestCase):
    def test_long_cycles_need_no_stack(self):
        length = 1000 if "gc" in os.environ.get("OUNCE_STRESS", "") else 100_000   # each allocation collects
        for link in (lambda node: [node], lambda node: (node,), lambda node: {0: node}, Node, lambda node: node.__eq__):
            start = node = Node(None)
            gone = weakref.ref(start)
            for _ in range(length):
                node.next = Node(None)
                node.next.back = link(node)
                node = node.next
            start.back = node
            del start, node
            gc.collect()
            self.assertIsNone(gone())

    def test_what_dies_with_garbage_may_look_around(self):
        """The finaliser of an old object that only young garbage refers to takes what it sees and makes more."""
        class Watcher:
            def __del__(self):
                kept.append([o for o in gc.get_objects() if type(o) is Node] if looks else [])
                kept.append([Node(None) for _ in range(500)])
                gc.collect()

        gc.disable()
        self.addCleanup(gc.enable)
        kept = []
        shapes = [lambda n, w: [n, w], lambda n, w: (n, w), lambda n, w: {0: n, w: w}, lambda n, w: {n, w},
                  lambda n, w: lambda: (n, w), lambda n, w: frozenset([n, w]), lambda n, w: slice(n, w),
                  lambda n, w: (types.MethodType(print, n), w), lambda n, w: [[], "%s" % w, 0.1 / len(kept), [w], n]]
        for shape in shapes:
            for count, looks in (1, True), (600, False), (600, True):
                watcher = Watcher()
                kept.append([Node(None) for _ in range(200)])
                gc.collect()
                start = node = Node(None)
                for _ in range(count):
                    node.next = Node(None)
                    node.next.extra = shape(node, watcher)
                    node = node.next
                node.next = start
                times, cls = len(kept), sys.getrefcount(Node)
                del watcher, start, node
                self.assertGreater(gc.collect(1), count)
                self.assertEqual(len(kept), times + 2)
                if not looks:
                    self.assertEqual(sys.getrefcount(Node), cls + 500 - count - 1)
        self.assertTrue(all(type(vars(node)) is dict for nodes in kept for node in nodes))

    def test_what_is_dying_is_not_handed_out(self):
        class Watcher:
            def __del__(self):
                seen.append([o for o in gc.get_objects() if type(o) in kinds])

        class Plain:
            pass

        class List(list):
            pass

        class Set(set):
            pass

        class Table(dict):
            pass

        seen, kinds = [], (Plain, List, Set, Table)
        for kind in kinds:
            dying = kind()
            dying.one, dying.watcher, dying.two = 1.5, Watcher(), "two"
            for _ in range(100):      # more than die at once
                dying = [dying]
            del dying
            for make in (list, tuple, set, dict.fromkeys):
                dying = make([kind.__name__, Watcher()])
                refs = weakref.ref(Plain()), weakref.ref(Plain(), lambda ref: Watcher())
                del dying
        self.assertEqual((len(seen), sum(map(len, seen))), (9 * len(kinds), 0))

    def test_a_variable_is_a_root_whatever_runs(self):
        """What frames, generators and modules hold is reached from there, and nothing else by mistake."""
        def deep(level, mine):
            ring = Node(None)
            ring.self = ring
            if level:
                return deep(level - 1, ring) + (mine.self is mine)
            gc.collect()
            return mine.self is mine

        def generator():
            ring = Node(None)
            ring.self = ring
            while True:
                yield ring.self is ring

        step = generator()
        next(step)
        dead = Node(None)
        dead.self = dead
        gone = weakref.ref(dead)
        globals()["held"] = [dead]
        gc.collect()
        self.assertIs(gone(), dead)
        start = Node(None)
        start.self = start
        self.assertEqual(deep(300, start), 301)
        self.assertTrue(next(step))
        del dead, globals()["held"]
        gc.collect()
        self.assertIsNone(gone())


if __name__ == "__main__":
    unittest.main()
