"""objgraph: counts, chains and pictures of references, by their names."""
import gc
import html
import io
import os
import re
import sys
import tempfile
import types
import unittest

import objgraph


class Truck:
    def __init__(self, name):
        self.name = name
        self.cargo = []


class Slotted:
    __slots__ = ("here", "there")


class Loud:
    def __del__(self):
        pass


registry = {}


def dot(show, *args, **keywords):
    out = io.StringIO()
    show(*args, output=out, **keywords)
    return out.getvalue()


def labels(text):
    """The names of the edges."""
    return re.findall(r"-> o\d+ \[label=\"(.*?)\"[,\]]", text)


def edge(source, target, text):
    """The name of the edge between two objects."""
    return re.findall(rf"o{id(source)} -> o{id(target)} \[label=\"(.*?)\"[,\]]", text)


class Counts(unittest.TestCase):
    def test_count(self):
        before = objgraph.count("Truck")
        kept = [Truck(str(i)) for i in range(10)]
        self.assertEqual(objgraph.count("Truck"), before + 10)
        self.assertEqual(objgraph.count(f"{__name__}.Truck"), before + 10)
        self.assertEqual(objgraph.count("other.Truck"), 0)
        self.assertEqual(objgraph.count("Truck", kept[:3]), 3)
        self.assertEqual(objgraph.typestats()["Truck"], before + 10)
        self.assertEqual(objgraph.typestats(kept, shortnames=False), {f"{__name__}.Truck": 10})
        self.assertEqual(objgraph.typestats(filter=lambda o: o is kept[0]), {"Truck": 1})
        self.assertEqual(len(objgraph.by_type("Truck")), before + 10)
        self.assertEqual(objgraph.by_type(f"{__name__}.Truck", kept), kept)

    def test_same_as_the_collector(self):
        stats = objgraph.typestats()
        seen = {}
        for each in gc.get_objects():
            seen[type(each).__name__] = seen.get(type(each).__name__, 0) + 1
        for name in "function", "module", "type", "dict", "tuple":
            self.assertLess(abs(stats[name] - seen[name]), 20, name)

    def test_most_common(self):
        objects = [1, 2, "a", "b", "c", None]
        self.assertEqual(objgraph.most_common_types(2, objects), [("str", 3), ("int", 2)])
        out = io.StringIO()
        objgraph.show_most_common_types(2, objects, shortnames=False, file=out)
        self.assertEqual(out.getvalue(), "builtins.str 3\nbuiltins.int 2\n")

    def test_growth(self):
        peaks = {}
        objgraph.growth(peak_stats=peaks)
        self.assertLess(sum(more for _, _, more in objgraph.growth(peak_stats=peaks)), 3)
        kept = [Truck(str(i)) for i in range(7)]
        out = io.StringIO()
        objgraph.show_growth(limit=1, peak_stats=peaks, file=out)
        self.assertRegex(out.getvalue(), r"^(Truck +\d+ +\+7|list +\d+ +\+\d+)\n$")
        del kept
        self.assertNotIn("Truck", dict((row[0], row) for row in objgraph.growth(peak_stats=peaks)))

    def test_new_ids(self):
        state = {}
        objgraph.get_new_ids(limit=0, _state=state)
        kept = Truck("new")
        out = io.StringIO()
        new = objgraph.get_new_ids(limit=None, file=out, _state=state)
        self.assertEqual(new["Truck"], {id(kept)})
        self.assertIs(objgraph.get_new_ids(skip_update=True, limit=0, _state=state), new)
        lines = out.getvalue().split("\n")
        self.assertRegex(lines[1], r"^Type +Old_ids +Current_ids +New_ids Count_Deltas$")
        self.assertEqual({len(lines[0])}, {len(line) for line in lines[1:-1]})
        with self.assertRaises(ValueError):
            objgraph.get_new_ids(sortby="colour")

    def test_at(self):
        truck = Truck("here")
        self.assertIs(objgraph.at(id(truck)), truck)
        self.assertIsNone(objgraph.at(id(truck) + 8))
        self.assertIsNone(objgraph.at(12345))
        self.assertIsNone(objgraph.at(0))
        self.assertIsNone(objgraph.at(-8))
        self.assertEqual(objgraph.at_addrs({id(truck), 5}), [truck])

    def test_leaking(self):
        a = [[1], {}]
        self.assertEqual(objgraph.get_leaking_objects([a, a[0], a[1]]), [a])
        held = Truck("held")
        self.assertNotIn(id(held), map(id, objgraph.get_leaking_objects()))


class Chains(unittest.TestCase):
    def test_back(self):
        registry["truck"] = truck = Truck("t")
        truck.cargo.append({"kind": ["wood"]})
        target = truck.cargo[0]["kind"]
        del truck
        chain = objgraph.find_backref_chain(target, objgraph.is_proper_module)
        module = sys.modules[__name__]
        self.assertIs(chain[0], module)
        self.assertIs(chain[1], vars(module))
        self.assertIs(chain[2], registry)
        self.assertIs(chain[-1], target)
        self.assertEqual([type(each).__name__ for each in chain[3:]], ["Truck", "list", "dict", "list"])
        self.assertEqual(objgraph.find_backref_chain(target, lambda o: False), [target])
        self.assertEqual(objgraph.find_backref_chain(target, objgraph.is_proper_module, max_depth=2),
                         [target])
        other = objgraph.find_backref_chain(target, objgraph.is_proper_module,
                                            extra_ignore=[id(registry)])
        self.assertEqual(other, [target])
        registry.clear()

    def test_forward(self):
        truck = Truck("t")
        truck.cargo.append({"kind": ("wood",)})
        chain = objgraph.find_ref_chain(truck, lambda o: isinstance(o, tuple) and o == ("wood",))
        self.assertEqual([type(each).__name__ for each in chain], ["Truck", "list", "dict", "tuple"])
        self.assertEqual(objgraph.find_ref_chain(1, lambda o: True), [1])

    def test_to_a_frame(self):
        def holder():
            held = Truck("held")
            return objgraph.find_backref_chain(held, lambda o: isinstance(o, types.FrameType))
        chain = holder()
        self.assertEqual(chain[0].f_code.co_name, "holder")

    def test_predicate_that_changes_things(self):
        kept = [[i] for i in range(100)]

        def predicate(obj):
            kept.append([obj])
            gc.collect()
            if len(kept) > 120:
                raise LookupError
        with self.assertRaises(LookupError):
            objgraph.find_backref_chain(kept[0], predicate)

    def test_many(self):
        kept = [Truck(i) for i in range(20_000)]
        end = ["end"]
        for truck in kept:
            truck.cargo = end
        chain = objgraph.find_backref_chain(end, lambda o: o is kept)
        self.assertEqual(len(chain), 3)


class Names(unittest.TestCase):
    def test_of_references(self):
        slotted = Slotted()
        slotted.there = truck = Truck("t")
        truck.cargo = [slotted, {"k": truck, (1, 2): slotted}]
        text = dot(objgraph.show_refs, [truck], max_depth=4)
        inner = truck.cargo[1]
        self.assertEqual(edge(truck, truck.cargo, text), [".cargo"])
        self.assertEqual(edge(truck.cargo, slotted, text), ["[0]"])
        self.assertEqual(edge(slotted, truck, text), [".there"])
        self.assertEqual(edge(inner, truck, text), ["k"])
        self.assertEqual(edge(inner, slotted, text), [r"tuple\n2 items"])
        self.assertEqual(edge(truck, Truck, text), [".__class__"])

    def test_of_functions(self):
        captured = []

        def inner(default={}):
            return captured
        text = dot(objgraph.show_refs, [inner], max_depth=2)
        self.assertIn("closure cell captured", labels(text))
        self.assertIn("__globals__", labels(text))
        self.assertIn("__defaults__", labels(text))
        self.assertIn("cell_contents", labels(text))
        text = dot(objgraph.show_refs, [self.test_of_functions], max_depth=1)
        self.assertEqual(labels(text)[:2], ["__func__", "__self__"])

    def test_of_variables(self):
        def running():
            held = Truck("held")
            return dot(objgraph.show_backrefs, [held], max_depth=1), sys._getframe().f_lineno
        text, line = running()
        self.assertIn(f"local held in running, line {line}", labels(text))

        def generator():
            inside = target
            yield 1
        target = Truck("target")
        suspended = generator()
        next(suspended)
        text = dot(objgraph.show_backrefs, [target], max_depth=2)
        self.assertIn(f"local inside in generator, line {generator.__code__.co_firstlineno + 2}",
                      labels(text))

    def test_of_variables_from_their_frame(self):
        def running():
            held = Truck("held")
            frame = sys._getframe()
            return (dot(objgraph.show_refs, [frame], max_depth=1), frame.f_lineno,
                    objgraph.find_ref_chain(frame, lambda found: found == "held"), held)
        text, line, chain, held = running()
        self.assertIn(f"local held in running, line {line}", labels(text))
        self.assertEqual(chain[-2:], [held, "held"])

        def generator():
            inside = held
            yield inside
        suspended = generator()
        text = dot(objgraph.show_refs, [suspended.gi_frame], max_depth=1)
        self.assertEqual([label for label in labels(text) if label.startswith("local ")], [])
        next(suspended)
        text = dot(objgraph.show_refs, [suspended.gi_frame], max_depth=1)
        self.assertIn(f"local inside in generator, line {generator.__code__.co_firstlineno + 2}",
                      labels(text))

    def test_of_globals(self):
        registry["name"] = []
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.svg")
            out, sys.stdout = sys.stdout, io.StringIO()
            try:
                objgraph.show_backrefs(registry, filename=path)
            finally:
                out, sys.stdout = sys.stdout, out
            with open(path) as file:
                self.assertIn(f"global registry of {__name__}", file.read())
        self.assertEqual(out.getvalue(), f"Image generated as {path}\n")
        registry.clear()


class Dot(unittest.TestCase):
    def test_text(self):
        target = ["text"]
        text = dot(objgraph.show_refs, [target], max_depth=1)
        self.assertEqual(text, f"""digraph ObjectGraph {{
  node[shape=box, style=filled, fillcolor=white];
  o{id(target)}[fontcolor=red];
  o{id(target)}[label="list\\n1 items"];
  o{id(target)}[fillcolor="0,0,1"];
  o{id(target)} -> o{id(target[0])} [label="[0]"];
  o{id(target[0])}[label="str\\n'text'"];
  o{id(target[0])}[fillcolor="0,0,0.3"];
  o{id(target[0])}[fontcolor=white];
}}
""")

    def test_options(self):
        loud, many = Loud(), [[i] for i in range(20)]
        text = dot(objgraph.show_refs, [loud, many], max_depth=1, too_many=3, refcounts=True,
                   shortnames=False, extra_info=lambda o: "more", filter=lambda o: o is not Loud,
                   highlight=lambda o: o is many, extra_node_attrs=lambda o: {"color": "red"})
        self.assertIn('_has_a_del[label="__del__",shape=doublecircle', text)
        self.assertIn('[label="17 more references",shape=box', text)
        self.assertIn(f'o{id(many)}[label="builtins.list [1]\\n20 items\\nmore", color="red"];', text)
        self.assertIn(f'o{id(many)}[fillcolor="0.6,0.6,1"];', text)
        self.assertIn(f'o{id(many[0])}[label="builtins.list [1]\\n1 items\\nmore", color="red"];', text)
        self.assertNotIn(f"o{id(Loud)}", text)

    def test_back(self):
        target = Truck("t")
        holders = [[target] for _ in range(5)]
        text = dot(objgraph.show_backrefs, target, max_depth=1, too_many=2,
                   filter=lambda o: isinstance(o, list))
        self.assertIn('label="3 more backreferences"', text)
        self.assertEqual(labels(text), ["[0]", "[0]"])
        del holders

    def test_chain(self):
        registry["x"] = ["target"]
        chain = objgraph.find_backref_chain(registry["x"], objgraph.is_proper_module)
        text = dot(objgraph.show_chain, chain)
        self.assertEqual(len(re.findall(r"fillcolor=\"", text)), len(chain))
        self.assertEqual(len(labels(text)), len(chain) - 1)
        registry.clear()

    def test_wrong(self):
        with self.assertRaisesRegex(ValueError, "Cannot specify both output and filename."):
            objgraph.show_refs([[]], filename="x.dot", output=io.StringIO())
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'colour'"):
            objgraph.show_refs([[]], colour=1)

    def test_text_of_nodes(self):
        class Bad:
            def __repr__(self):
                raise ValueError
        text = dot(objgraph.show_refs, [Bad(), lambda: 0, len, sys, {1: 2}, sys._getframe()], max_depth=0)
        for each in (r"Bad\n(unrepresentable)", r"function\nlambda: test_objgraph.py:", r"\nlen",
                     r"module\nsys", r"dict\n1 items", f"frame\\n{__file__}:"):
            self.assertIn(each, text)


class Pictures(unittest.TestCase):
    def draw(self, name, objs=None, **keywords):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            out, sys.stdout = sys.stdout, io.StringIO()
            try:
                objgraph.show_refs(objs or [self.graph()], filename=path, **keywords)
            finally:
                out, sys.stdout = sys.stdout, out
            self.printed = out.getvalue()
            self.files = sorted(os.listdir(folder))
            with open(os.path.join(folder, self.files[-1]), encoding="utf-8") as file:
                return file.read()

    def graph(self):
        a = {"a": [1], "<b>&\"'\x00\ud800": ["text < \x01"]}
        a["a"].append(a)
        a["self"] = a
        return a

    def test_svg(self):
        text = self.draw("x.svg")
        self.assertEqual(self.files, ["x.svg"])
        names = [html.unescape(each) for each in re.findall(r"<text [^>]*>(.*?)<", text)]
        self.assertIn("['a']", names)
        self.assertIn("[1]", names)
        self.assertGreater(text.count("<path"), 4)
        self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f]")
        self.assertEqual(text.count("<g "), text.count("</g>"))

    def test_boxes_do_not_overlap(self):
        wide = [[str(i) * (i % 7)] for i in range(30)]
        text = self.draw("x.svg", [wide], too_many=40, max_depth=2)
        boxes = [tuple(map(float, each)) for each in re.findall(
            r'<rect x="(-?\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', text)]
        self.assertGreater(len(boxes), 31)
        for i, (x, y, width, height) in enumerate(boxes):
            for x2, y2, width2, height2 in boxes[:i]:
                self.assertTrue(x + width < x2 or x2 + width2 < x or y + height < y2 or y2 + height2 < y)

    def test_html(self):
        text = self.draw("x.html")
        self.assertIn("<svg", text)
        self.assertIn("<td class=e>[1]</td>", text)
        self.assertIn("What is referred to by dict", text)

    def test_dot(self):
        text = self.draw("x.dot")
        self.assertTrue(text.startswith("digraph ObjectGraph {"))
        self.assertRegex(self.printed, r"^Graph written to \S+x.dot \(\d+ nodes\)\n$")


if __name__ == "__main__":
    unittest.main()
