# SPDX-License-Identifier: MIT
"""Race every ordered pair of operations on one shared object, with eight threads.

    matrix.py [--every N] [--from K] [--turns N] [KIND ...]

Four threads do the one operation of a pair again and again while four others do the other one.
Afterwards the object must be whole: it holds only what was once put in, and its length is what an
iteration gives.  Operations may raise what a program that races must expect.  With --every N, each
N-th pair, from the K-th on.  The last line is `N pairs`; a broken object ends the run with status 1.
"""
import argparse
import collections
import io
import itertools
import os
import sys
import tempfile
import threading
import time
import types

THREADS = 8
EXPECTED = (LookupError, TypeError, ValueError, RuntimeError, StopIteration, AttributeError, BufferError, OSError)
SIZE = 12


class Broken(Exception):
    """An object is not what its operations can have made it."""


def ensure(holds, *what):
    if not holds:
        raise Broken(*what)


# A value says who stored it: ("v", thread, number), fresh each time, so that it dies when it is replaced.

def value(i):
    return ("v", threading.get_native_id(), i)


def is_value(v):
    return type(v) is tuple and len(v) == 3 and v[0] == "v" and type(v[2]) is int


# ---- list ----

def make_list():
    return [value(i) for i in range(SIZE)]


def check_list(o):
    items = [each for each in o]
    ensure(len(items) == len(o) == len(o.copy()), "length", len(items), len(o))
    for i in range(len(o)):
        ensure(is_value(o[i]), "item", i, o[i])
    ensure(o == items and repr(o) == repr(items), "items")


def list_get(o, i):
    for n in range(6):
        v = o[n]
        if v[0] != "v":
            raise Broken("read", v)


def list_get_end(o, i):
    n = len(o) - 1
    v = o[n]
    v = o[n - 1]
    if v[0] != "v":
        raise Broken("read", v)


def list_iterate(o, i):
    for v in o:
        if v[0] != "v":
            raise Broken("read", v)


def list_set(o, i):
    o[i % SIZE] = value(i)


def list_delete(o, i):
    if len(o) > SIZE // 2:
        del o[i % SIZE]


def list_pop(o, i):
    o.pop()


def list_pop_first(o, i):
    o.pop(0)


def list_insert(o, i):
    o.insert(2, value(i))


def list_slice_set(o, i):
    o[1:3] = [value(i)]


def list_slice_delete(o, i):
    del o[SIZE:]
    del o[::5]


def list_slice_set_wide(o, i):
    o[2:3] = [value(i), value(i), value(i)]


def list_extended_set(o, i):
    o[::4] = [value(i) for _ in o[::4]]


def list_remove(o, i):
    o.remove(o[3])


def list_sort_key(o, i):
    o.sort(key=lambda v: v[2])


def list_multiply(o, i):
    if len(o) < 3 * SIZE:
        o *= 2


def list_compare(o, i):
    o == o.copy() and o < [value(i)]


def list_clear(o, i):
    o.clear()
    o.extend([value(i), value(i), value(i), value(i)])


LIST = {
    "get": list_get, "get end": list_get_end, "iterate": list_iterate, "len": lambda o, i: len(o),
    "contains": lambda o, i: ("v", 0, 3) in o, "copy": lambda o, i: o.copy(),
    "slice": lambda o, i: o[1:4], "compare": list_compare, "repr": lambda o, i: repr(o),
    "add": lambda o, i: o + o[:2], "reversed": lambda o, i: list(reversed(o)),
    "append": lambda o, i: o.append(value(i)), "set": list_set, "delete": list_delete, "pop": list_pop,
    "pop first": list_pop_first, "insert": list_insert, "remove": list_remove,
    "slice set": list_slice_set, "slice set wide": list_slice_set_wide,
    "slice delete": list_slice_delete, "extended set": list_extended_set,
    "reverse": lambda o, i: o.reverse(), "sort": list_sort_key, "clear": list_clear,
}


# ---- dict: one of names, one of any keys ----

def make_dict():
    return {f"k{i}": value(i) for i in range(SIZE)}


def key(i):
    return f"k{i % SIZE}"


def is_key(k):
    return type(k) is str and k[0] == "k" and 0 <= int(k[1:]) < 10 ** 6


def check_dict(o):
    items = list(o.items())
    ensure(len(items) == len(o) == len(list(o)) == len(list(o.values())), "length", len(items), len(o))
    ensure(len({k for k, _ in items}) == len(items), "a key twice")
    for k, v in items:
        ensure(is_key(k) and is_value(v), "item", k, v)
        ensure(o[k] is v and k in o, "lookup", k)
    ensure(o.copy() == o, "copy")


def dict_get(o, i):
    v = o["k1"]
    v = o["k2"]
    v = o["k" + str(i % SIZE)]
    if v[0] != "v":
        raise Broken("read", v)


def dict_get_method(o, i):
    for n in range(4):
        v = o.get(key(n))
        if v is not None and v[0] != "v":
            raise Broken("read", v)


def dict_set_default(o, i):
    v = o.setdefault(key(i), value(i))
    if v[0] != "v":
        raise Broken("read", v)


def dict_delete(o, i):
    del o[key(i)]


def dict_items(o, i):
    for k, v in o.items():
        if v[0] != "v":
            raise Broken("read", v)


def dict_clear(o, i):
    o.clear()
    o.update(make_dict())


def dict_fill(o, i):
    for n in range(20):
        o[f"k{n + 100}"] = value(i)
    for n in range(20):
        o.pop(f"k{n + 100}", None)


def dict_in_place(o, i):
    o |= {"k3": value(i)}


def dict_hashed(o, i):          # a key that is no str changes the kind of table
    o[HashedKey(i)] = value(i)
    for k in list(o):
        if type(k) is HashedKey:
            o.pop(k, None)


class HashedKey(str):
    """A key whose hash and equality need calls."""

    def __new__(cls, i):
        return str.__new__(cls, f"k{i + 1000}")

    __hash__ = str.__hash__

    def __eq__(self, other):
        return str.__eq__(self, other)


def check_any_dict(o):
    for k in [k for k in o if type(k) is HashedKey]:
        del o[k]
    check_dict(o)


DICT = {
    "get": dict_get, "get method": dict_get_method, "len": lambda o, i: len(o),
    "contains": lambda o, i: "k5" in o, "iterate": lambda o, i: [k for k in o], "items": dict_items,
    "values": lambda o, i: list(o.values()), "keys": lambda o, i: o.keys() & {"k1", "k2"},
    "copy": lambda o, i: o.copy(), "repr": lambda o, i: repr(o), "compare": lambda o, i: o == {"k1": 1},
    "or": lambda o, i: o | {"k3": value(i)}, "reversed": lambda o, i: list(reversed(o)),
    "set": lambda o, i: o.__setitem__(key(i), value(i)), "delete": dict_delete,
    "pop": lambda o, i: o.pop(key(i), None), "popitem": lambda o, i: o.popitem(),
    "setdefault": dict_set_default, "update": lambda o, i: o.update(k4=value(i), k5=value(i)),
    "clear": dict_clear, "fill": dict_fill, "hashed": dict_hashed,
}


# ---- set ----

def make_set():
    return {value(i) for i in range(SIZE)}


FIXED = [("v", 0, i) for i in range(SIZE)]


def check_set(o):
    items = list(o)
    ensure(len(items) == len(o) == len(set(items)), "length", len(items), len(o))
    for v in items:
        ensure(is_value(v) and v in o, "item", v)
    ensure(o.copy() == o == frozenset(items), "copy")


def set_iterate(o, i):
    for v in o:
        if v[0] != "v":
            raise Broken("read", v)


def set_in_place(o, i, operation="__ior__"):
    getattr(o, operation)(set(FIXED[i % SIZE:]))


SET = {
    "contains": lambda o, i: FIXED[i % SIZE] in o, "iterate": set_iterate, "len": lambda o, i: len(o),
    "copy": lambda o, i: o.copy(), "union": lambda o, i: o | {value(i)},
    "intersection": lambda o, i: o & set(FIXED), "difference": lambda o, i: o - set(FIXED),
    "symmetric": lambda o, i: o ^ set(FIXED), "subset": lambda o, i: o <= set(FIXED),
    "compare": lambda o, i: o == set(FIXED), "repr": lambda o, i: repr(o),
    "add": lambda o, i: o.add(FIXED[i % SIZE]), "add fresh": lambda o, i: o.add(value(i)),
    "discard": lambda o, i: o.discard(FIXED[i % SIZE]), "remove": lambda o, i: o.remove(FIXED[i % SIZE]),
    "pop": lambda o, i: o.pop(), "clear": lambda o, i: (o.clear(), o.update(FIXED)),
    "update": set_in_place, "intersection update": lambda o, i: set_in_place(o, i, "__iand__"),
    "symmetric update": lambda o, i: set_in_place(o, i, "__ixor__"),
}


# ---- deque ----

def make_deque():
    return collections.deque(value(i) for i in range(SIZE))


def check_deque(o):
    items = list(o)
    ensure(len(items) == len(o), "length", len(items), len(o))
    for n, v in enumerate(items):
        ensure(is_value(v) and o[n] is v, "item", n, v)
    ensure(list(reversed(o)) == items[::-1] and o.copy() == o, "copy")


def deque_set(o, i):
    o[i % SIZE] = value(i)


def deque_delete(o, i):
    del o[3]


DEQUE = {
    "append": lambda o, i: o.append(value(i)), "append left": lambda o, i: o.appendleft(value(i)),
    "pop": lambda o, i: o.pop(), "pop left": lambda o, i: o.popleft(), "get": lambda o, i: o[i % SIZE],
    "set": deque_set, "delete": deque_delete, "iterate": lambda o, i: [v for v in o],
    "extend": lambda o, i: o.extend([value(i), value(i)]), "rotate": lambda o, i: o.rotate(2),
    "clear": lambda o, i: (o.clear(), o.extend([value(i)] * 4)), "copy": lambda o, i: o.copy(),
    "contains": lambda o, i: ("v", 0, 0) in o, "insert": lambda o, i: o.insert(2, value(i)),
}


# ---- bytearray ----

def make_bytearray():
    return bytearray(b"v" * SIZE)


def check_bytearray(o):
    ensure(len(bytes(o)) == len(o) == len(list(o)), "length")
    ensure(set(o) <= set(b"vwx"), "bytes", bytes(o))
    o.append(118)       # nobody holds a buffer


def bytearray_set(o, i):
    o[i % SIZE] = 119


def bytearray_slice(o, i):
    o[1:3] = b"xx" if i % 2 else b"wxw"


def bytearray_view(o, i):
    with memoryview(o) as view:
        view[0] = 120
        bytes(view[:4])


def bytearray_delete(o, i):
    del o[2:4]


def bytearray_add(o, i):
    if len(o) < 64:
        o += b"vw"


BYTEARRAY = {
    "get": lambda o, i: o[i % SIZE], "set": bytearray_set, "append": lambda o, i: o.append(119),
    "pop": lambda o, i: o.pop(), "slice": lambda o, i: o[1:5], "slice set": bytearray_slice,
    "delete": bytearray_delete, "add": bytearray_add, "view": bytearray_view,
    "find": lambda o, i: o.find(b"x"), "replace": lambda o, i: o.replace(b"v", b"w"),
    "iterate": lambda o, i: sum(o), "reverse": lambda o, i: o.reverse(),
    "clear": lambda o, i: (o.clear(), o.extend(b"vvvvvv")),
}


# ---- instance ----

class Instance:
    kind = "class"

    def __init__(self):
        self.a = value(0)
        self.b = value(1)

    def method(self):
        return self.a

    @property
    def computed(self):
        return self.b


class Sibling(Instance):
    """What an Instance may be made."""

    def method(self):
        return self.b


def check_instance(o):
    names = vars(o)
    for name, v in names.items():
        ensure(name in "abcdefgh" and is_value(v), "attribute", name, v)
        ensure(getattr(o, name) is v, "lookup", name)
    ensure(type(o) in (Instance, Sibling) and o.kind == "class", "class")


def instance_get(o, i):
    for _ in range(4):
        v = o.a
        v = o.b
        if v[0] != "v" or o.kind != "class":
            raise Broken("read", v)


def instance_call(o, i):
    for _ in range(4):
        if o.method()[0] != "v":
            raise Broken("call")


def instance_set(o, i):
    o.a = value(i)
    o.b = value(i)


def instance_add(o, i):
    o.c = value(i)
    o.d = value(i)


def instance_delete(o, i):
    o.c = value(i)
    del o.c


def instance_class(o, i):
    o.__class__ = Sibling if i % 2 else Instance


def instance_dict(o, i):
    o.__dict__["e"] = value(i)


def instance_replace(o, i):
    o.__dict__ = {"a": value(i), "b": value(i)}


INSTANCE = {
    "get": instance_get, "call": instance_call, "property": lambda o, i: o.computed, "set": instance_set,
    "add": instance_add, "delete": instance_delete, "setattr": lambda o, i: setattr(o, "abcdef"[i % 6], value(i)),
    "vars": lambda o, i: dict(vars(o)), "dict": instance_dict, "replace dict": instance_replace,
    "class": instance_class, "bound method": lambda o, i: o.method,
}


# ---- class ----

def make_class():
    class Base:
        def method(self):
            return "method"

    class Made(Base):
        plain = value(0)

        def __init__(self, given=1):
            self.given = given

    Made.other_base = Base
    return Made


def check_class(o):
    v = o(3)
    ensure(v.given == 3 and v.method() in ("method", "other"), "instance")
    ensure(is_value(o.plain) and is_value(v.plain), "attribute")
    ensure(o.__mro__[0] is o and o.__mro__[-1] is object, "mro")
    ensure(all(issubclass(each, o) for each in o.__subclasses__()), "subclasses")


def class_make(o, i):
    for n in range(3):
        v = o(n)
        if v.given != n:
            raise Broken("made", v.given)


def class_get(o, i):
    for _ in range(4):
        if o.plain[0] != "v":
            raise Broken("read")


def class_call(o, i):
    v = o(1)
    for _ in range(3):
        v.method()
        v.plain


def class_set(o, i):
    o.plain = value(i)


def class_set_method(o, i):
    o.method = lambda self: "other"


def class_delete_method(o, i):
    del o.method


def class_init(o, i):
    def __init__(self, given=1):
        self.given = given
    o.__init__ = __init__


def class_bases(o, i):
    base = o.other_base
    o.__bases__ = (base,) if i % 2 else (type("Between", (base,), {}),)


def class_special(o, i):
    o.__len__ = lambda self: 3
    o.__del__ = lambda self: None
    len(o())
    del o.__len__, o.__del__


CLASS = {
    "make": class_make, "get": class_get, "call": class_call, "set": class_set,
    "set method": class_set_method, "delete method": class_delete_method, "init": class_init,
    "bases": class_bases, "special": class_special, "derive": lambda o, i: type("Derived", (o,), {})().method(),
    "subclasses": lambda o, i: o.__subclasses__(), "isinstance": lambda o, i: isinstance(o(), o) and dir(o),
}


# ---- modules, closures, functions ----

MODULE = '''
plain = ("v", 0, 0)
other = ("v", 0, 1)
table = {1: ("v", 0, 2), 2: ("v", 0, 3), 2.5: ("v", 0, 4), None: ("v", 0, 5)}

def read():
    for _ in range(4):
        if plain[0] != "v" or other[0] != "v":
            raise Broken("global")
    return len(table)

def read_table():
    for key in (1, 2, 2.5, None):
        if table[key][0] != "v":
            raise Broken("table", key)

def write(v):
    global plain
    plain = v

def call(f):
    return f(plain)
'''


def make_module():
    module = types.ModuleType("raced")
    module.Broken = Broken
    exec(MODULE, vars(module))
    return module


def check_module(o):
    o.read()
    for name in ("plain", "other"):
        ensure(is_value(getattr(o, name)), name)
    for k, v in o.table.items():
        ensure(is_value(v) and o.table[k] is v, "table", k)


def module_get(o, i):
    for _ in range(4):
        if o.plain[0] != "v" or o.other[0] != "v":
            raise Broken("attribute")


def module_set(o, i):
    o.plain = value(i)
    o.other = value(i)


def module_add(o, i):
    setattr(o, f"added{i}", value(i))
    delattr(o, f"added{i}")


def module_table(o, i):
    o.table[[1, 2, 2.5, None][i % 4]] = value(i)


def module_table_fresh(o, i):
    o.table[i + 1000] = value(i)
    o.table.pop(i + 999, None)


def module_function(o, i):
    def write(v):
        global plain
        plain = v
    o.write.__code__ = write.__code__ if i % 2 else o.read.__code__.replace(co_name="write")


def module_shadow(o, i):        # a builtin, as the module's functions see it
    o.len = len
    o.read()
    del o.len


MODULES = {
    "get": module_get, "read": lambda o, i: o.read(), "table": lambda o, i: o.read_table(), "set": module_set,
    "write": lambda o, i: o.write(value(i)), "add": module_add, "store": module_table,
    "store fresh": module_table_fresh, "shadow": module_shadow, "code": module_function,
    "call": lambda o, i: o.call(is_value), "clear": lambda o, i: o.table.update(dict.fromkeys([1, 2, 2.5, None], value(i))),
}


def make_closure():
    kept = value(0)
    bound = [value(1)]

    def read():
        for _ in range(4):
            if kept[0] != "v":
                raise Broken("cell")

    def write(v):
        nonlocal kept
        kept = v

    def delete(v):
        nonlocal kept
        del kept
        kept = v

    def nested():
        return [v for v in bound if v[0] == kept[0]]

    def make():
        return lambda: kept
    return {"read": read, "write": write, "delete": delete, "nested": nested, "make": make}


def check_closure(o):
    o["write"](value(0))
    o["read"]()
    ensure(is_value(o["make"]()()), "value")


def closure_read(o, i):
    o["read"]()


def closure_make(o, i):
    f = o["make"]()
    f()


CLOSURE = {
    "read": closure_read, "write": lambda o, i: o["write"](value(i)), "delete": lambda o, i: o["delete"](value(i)),
    "nested": lambda o, i: o["nested"](), "make": closure_make,
    "contents": lambda o, i: o["read"].__closure__[0].cell_contents,
}


# ---- iterators ----

def counted():
    for i in range(300):
        yield ("v", 0, i)


SOURCE = [("v", 0, i) for i in range(300)]
ITERATORS = {
    "list": lambda: iter(list(SOURCE)), "reversed list": lambda: reversed(list(SOURCE)),
    "tuple": lambda: iter(tuple(SOURCE)), "dict keys": lambda: iter(dict.fromkeys(SOURCE)),
    "dict values": lambda: iter(dict(enumerate(SOURCE)).values()),
    "dict items": lambda: iter({i: i for i in range(300)}.items()), "set": lambda: iter(set(SOURCE)),
    "str": lambda: iter("abc" * 100), "bytes": lambda: iter(b"abc" * 100), "range": lambda: iter(range(300)),
    "deque": lambda: iter(collections.deque(SOURCE)), "generator": counted,
    "enumerate": lambda: enumerate(list(SOURCE)), "zip": lambda: zip(SOURCE, range(300)),
    "map": lambda: map(lambda v: (v[2],), SOURCE), "filter": lambda: filter(is_value, SOURCE),
    "chain": lambda: itertools.chain(SOURCE[:100], SOURCE[100:]), "islice": lambda: itertools.islice(SOURCE, 250),
    "count": lambda: itertools.count(), "cycle": lambda: itertools.cycle(SOURCE),
    "tee": lambda: itertools.tee(SOURCE)[0], "groupby": lambda: itertools.groupby(SOURCE, lambda v: v[2] // 5),
}


def iterate_next(o, i):
    for _ in range(3):
        next(o, None)


def iterate_for(o, i):
    n = 0
    for v in o:
        n += 1
        if n > 3:
            break


def iterate_reduce(o, i):
    if not isinstance(o, (type(counted()), itertools.count, itertools.cycle)) and hasattr(o, "__reduce__"):
        try:
            o.__reduce__()
        except TypeError:
            pass        # it has none


def iterate_hint(o, i):
    if hasattr(o, "__length_hint__"):
        o.__length_hint__()


ITERATE = {"next": iterate_next, "for": iterate_for, "slice": lambda o, i: list(itertools.islice(o, 4)),
           "reduce": iterate_reduce, "hint": iterate_hint}


def check_iterator(o):
    for v in itertools.islice(o, 1000):
        if type(v) is tuple and v and v[0] == "v":
            ensure(is_value(v), "item", v)


# ---- files ----

def make_file():
    file = tempfile.TemporaryFile("w+", encoding="utf-8")
    file.write("line\n" * 20)
    file.seek(0)
    return file


def make_binary():
    file = tempfile.TemporaryFile("w+b")
    file.write(b"line\n" * 20)
    file.seek(0)
    return file


def empty_of(o):
    return b"" if isinstance(o, (io.BytesIO, io.BufferedIOBase)) else ""


def text_for(o):
    return b"line\n" if empty_of(o) == b"" else "line\n"


def check_file(o):
    o.seek(0)
    left = empty_of(o).join(o.readlines())
    ensure(len(left) < 10 ** 7, "length")
    for c in (b"\0", b"line\n") if type(left) is bytes else ("\0", "line\n"):
        left = left.replace(c, empty_of(o))
    o.close()


FILE = {
    "write": lambda o, i: o.write(text_for(o)), "read": lambda o, i: o.read(7), "line": lambda o, i: o.readline(),
    "seek": lambda o, i: o.seek(i % 10 * 5), "tell": lambda o, i: o.tell(), "flush": lambda o, i: o.flush(),
    "truncate": lambda o, i: o.truncate(50), "lines": lambda o, i: list(itertools.islice(o, 3)),
    "write lines": lambda o, i: o.writelines([text_for(o)] * 2), "state": lambda o, i: (o.closed, o.readable(), repr(o)),
}

KINDS = {
    "list": (make_list, LIST, check_list), "dict": (make_dict, DICT, check_any_dict),
    "set": (make_set, SET, check_set), "deque": (make_deque, DEQUE, check_deque),
    "bytearray": (make_bytearray, BYTEARRAY, check_bytearray),
    "instance": (Instance, INSTANCE, check_instance), "class": (make_class, CLASS, check_class),
    "module": (make_module, MODULES, check_module), "closure": (make_closure, CLOSURE, check_closure),
    "text file": (make_file, FILE, check_file), "binary file": (make_binary, FILE, check_file),
    "StringIO": (lambda: io.StringIO("line\n" * 20), FILE, check_file),
    "BytesIO": (lambda: io.BytesIO(b"line\n" * 20), FILE, check_file),
    **{f"{name} iterator": (make, ITERATE, check_iterator) for name, make in ITERATORS.items()},
}


class Race:
    """Eight threads that go from pair to pair together."""

    def __init__(self, pairs, turns):
        self.pairs = iter(pairs)
        self.turns = turns
        self.done = 0
        self.faults = []
        self.job = None
        self.barrier = threading.Barrier(THREADS, self.next_pair)

    def next_pair(self):
        """By one thread, while the others wait: look at the last object, make the next."""
        if self.job:
            kind, names, operations, o, check = self.job
            try:
                check(o)
            except Exception as fault:
                self.faults.append(f"{kind}: {names[0]} | {names[1]}: {type(fault).__name__}: {fault}")
            self.done += 1
        self.job = None
        for kind, first, second in self.pairs:
            make, operations, check = KINDS[kind]
            self.job = kind, (first, second), (operations[first], operations[second]), make(), check
            break

    def run(self, number):
        while True:
            self.barrier.wait()
            if not self.job:
                return
            kind, names, operations, o, _ = self.job
            which = number % 2
            try:
                race(operations[which], o, self.turns, number)
            except BaseException as fault:
                self.faults.append(f"{kind}: {names[which]} beside {names[1 - which]}: {type(fault).__name__}: {fault}")
            o = None


def race(operation, o, turns, number):
    for i in range(number, number + turns):
        try:
            operation(o, i)
        except EXPECTED:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="start")
    parser.add_argument("--turns", type=int, default=12)
    options = parser.parse_args()
    sys.setswitchinterval(1e-4)
    kinds = [k for k in KINDS if not options.kinds or any(k == w or k.endswith(" " + w) for w in options.kinds)]
    pairs = [(k, a, b) for k in kinds for a in KINDS[k][1] for b in KINDS[k][1]]
    race = Race(pairs[options.start::options.every], options.turns)
    threads = [threading.Thread(target=race.run, args=(n,)) for n in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for fault in race.faults[:20]:
        print(fault)
    print(f"{race.done} pairs")
    sys.exit(bool(race.faults))


if __name__ == "__main__":
    main()
