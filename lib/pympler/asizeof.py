# SPDX-License-Identifier: MIT
"""Sizes of objects with all that they hold.

asizeof(*objs) gives one figure for all of them, asizesof(*objs) one for each, asized(*objs) a tree
of figures.  Shared and cyclic structure counts once.  Nothing is made, changed or kept alive by
looking, and references may be as deep as they like.

Options, by keyword, for all three and for Asizer:

align   round every object's bytes up to this; 0 or 1: the true bytes (the default)
code    count classes, functions and code that objects lead to
frames  count frames
limit   follow at most so many references in a row; None: all of them (the default)
stats   print statistics after sizing: 1 totals, 2 and more also by type
stream  where to, instead of sys.stdout
detail  asized() only: how many levels of referents to name
above, cutoff, clip, all, derive, ignored, infer: taken, for callers that give them; `all` sizes
        every object of the heap where no object is given

Modules never count, but as objects given.  A class, function or module that is given counts with
what is its own data.  An int below 2**62 and most floats are no objects: they
lie in whatever holds them, and have size 0.
"""
import sys
from array import array as _array

import _memtools

__all__ = ["adict", "alen", "amapped", "asized", "asizeof", "asizesof", "Asized", "Asizer",
           "basicsize", "flatsize", "itemsize", "leng", "named_refs", "refs"]

_OPTIONS = dict(align=0, above=0, all=False, clip=80, code=False, cutoff=10, derive=False, detail=0,
                frames=False, ignored=True, infer=False, limit=None, stats=0, stream=None)


def _repr(obj, clip=80):
    """A short repr that cannot fail."""
    try:
        text = repr(obj)
    except Exception:
        text = object.__repr__(obj)
    if clip and len(text) > clip:
        half = max(clip - 3, 0) // 2
        text = text[:half] + "..." + text[len(text) - half:]
    return text


def _up(size, align):
    return size if align < 2 else -(-size // align) * align


def type_name(cls):
    """The name of a class, with its module unless it is a builtin one."""
    module, name = cls.__module__, cls.__qualname__
    return name if module == "builtins" else f"{module}.{name}"


# ---- one object ----

def flatsize(obj, align=0, **_):
    """The bytes of the object alone, those of the blocks that it owns included."""
    if align and (align < 0 or align & (align - 1)):
        raise ValueError(f"invalid alignment: {align!r}")
    return _up(sys.getsizeof(obj), align)


def basicsize(obj, **_):
    """The bytes of an object of this type without items."""
    return type(obj).__basicsize__


def itemsize(obj, **_):
    """The bytes of one item: 0 where the type has none."""
    size = getattr(obj, "itemsize", None)    # array, memoryview
    return size if isinstance(size, int) else type(obj).__itemsize__


def leng(obj, **_):
    """How many items the object has room for; None where it has none."""
    if isinstance(obj, int):
        return 0 if obj == 0 else (abs(obj).bit_length() + 29) // 30
    if isinstance(obj, (list, _array, bytearray)):
        size = itemsize(obj) or (8 if isinstance(obj, list) else 1)
        room = (sys.getsizeof(obj) - sys.getsizeof(type(obj)(obj.typecode) if isinstance(obj, _array)
                                                   else type(obj)())) // size
        return max(room, len(obj))
    try:
        return len(obj)
    except Exception:
        return None


alen = leng


def refs(obj, **_):
    """Yield the objects that the object refers to."""
    for target, _label, _index, _key in _memtools.edges(obj):
        yield target


def _slot_names(obj):
    for cls in type(obj).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield f"_{cls.__name__.lstrip('_')}{name}" if (
                name.startswith("__") and not name.endswith("__")) else name


def named_refs(obj, **_):
    """Yield (name, referent): attributes by name, "[K]" and "[V]" for a dict's keys and values,
    the repr of an item otherwise."""
    slots = None
    for target, label, index, key in _memtools.edges(obj):
        if label == "key" and index >= 0:
            name = "[K] " + _repr(target)
        elif label == "value" and index >= 0:
            name = f"[V] {_repr(key)}: {_repr(target)}"
        elif label == "__slots__":
            if slots is None:
                slots = {}
                for slot in _slot_names(obj):
                    try:
                        slots.setdefault(id(object.__getattribute__(obj, slot)), slot)
                    except AttributeError:
                        pass
            name = slots.get(id(target), label)
        elif index >= 0:
            name = _repr(target)
        else:
            name = label
        yield name, target


def adict(*classes):
    """Ask for classes to be sized as dicts; all are sized by what they are, so this does nothing."""
    for cls in classes:
        if not isinstance(cls, type):
            raise TypeError(f"not a class: {cls!r}")
    return True


def amapped(percentage=None):
    """The bytes of this process in memory."""
    return _memtools.memory("rss")


# ---- results ----

class Asized:
    """The size of an object: name, size (with what it holds), flat (alone), refs (a tuple)."""

    __slots__ = ("size", "flat", "name", "refs")

    def __init__(self, size, flat, refs=(), name=None):
        self.size = size
        self.flat = flat
        self.name = name
        self.refs = tuple(refs)

    def __str__(self):
        return f"size {self.size}, flat {self.flat}, refs[{len(self.refs)}], name {self.name!r}"

    def __repr__(self):
        return f"<{type_name(type(self))} object of {self.name!r}: {self.size} bytes>"

    def format(self, format="%(name)s size=%(size)d flat=%(flat)d", depth=-1, order_by="size",
               indent=""):
        """The figures as text: a line for each, referents indented, the largest first."""
        lines = []
        waiting = [(self, depth, indent)]
        while waiting:
            sized, levels, margin = waiting.pop()
            lines.append(margin + format % {"name": sized.name, "size": sized.size,
                                            "flat": sized.flat})
            if levels and sized.refs:
                by = sorted(sized.refs, key=lambda each: getattr(each, order_by),
                            reverse=order_by != "name")
                waiting.extend((each, levels - 1, margin + "    ") for each in reversed(by))
        return "\n".join(lines)

    def get(self, name, default=None):
        """The referent of this name."""
        for each in self.refs:
            if each.name == name:
                return each
        return default


# ---- sizing ----

class Asizer:
    """Accumulates sizes: an object that was counted in an earlier call counts no more.

    What was counted is kept alive until reset(), so that it is known again."""

    def __init__(self, **opts):
        self.reset(**opts)

    def reset(self, **opts):
        """Forget all that was sized and excluded, and set the options."""
        self._opts = dict(_OPTIONS)
        self.set(**opts)
        self._excluded = []
        self._excluded_types = []
        self._sized = []
        self._total = 0
        self._objects = 0
        self._duplicate = 0

    def set(self, **opts):
        """Set options."""
        for name, value in opts.items():
            if name not in _OPTIONS:
                raise ValueError(f"invalid option: {name}={value!r}")
        align = opts.get("align", self._opts["align"])
        if align < 0 or align & (align - 1):
            raise ValueError(f"invalid option: align={align!r}")
        self._opts.update(opts)

    # -- what is left out --

    def exclude_refs(self, *objs):
        """Leave these objects out."""
        self._excluded.extend(objs)

    exclude_objs = exclude_refs

    def exclude_types(self, *objs):
        """Leave out objects of these classes, or of the classes of these objects."""
        self._excluded_types.extend(obj if isinstance(obj, type) else type(obj) for obj in objs)

    # -- sizes --

    def _sizes(self, objs, flat=None):
        opts = self._opts
        earlier = tuple(self._sized)
        sizes = _memtools.deep_sizes(
            earlier + tuple(objs), limit=opts["limit"], exclude=tuple(self._excluded),
            exclude_types=tuple(self._excluded_types), code=opts["code"], frames=opts["frames"],
            align=opts["align"] or 1,
            flat=None if flat is None else (False,) * len(earlier) + tuple(flat))
        return sizes[len(earlier):]

    def asizesof(self, *objs, **opts):
        """The size of each object, as far as no earlier one holds it: a tuple."""
        self.set(**opts)
        rows = self._sizes(objs)
        sizes = tuple(size for size, _flat, _count in rows)
        self._total += sum(sizes)
        self._objects += sum(count for _size, _flat, count in rows)
        self._duplicate += sum(1 for _size, _flat, count in rows if not count)
        self._sized.extend(objs)
        if self._opts["stats"]:
            self.print_summary()
            if self._opts["stats"] > 1:
                self.print_profiles()
        return sizes

    def asizeof(self, *objs, **opts):
        """The size of all the objects together."""
        return sum(self.asizesof(*objs, **opts))

    def asized(self, *objs, **opts):
        """An Asized for each object (not in a tuple if there is one)."""
        self.set(**opts)
        plan, flats = [], []
        trees = [self._plan(obj, _repr(obj, self._opts["clip"]), self._opts["detail"], plan, flats)
                 for obj in objs]
        rows = self._sizes(plan, flats)
        results = tuple(self._asized(tree, rows) for tree in trees)
        self._sized.extend(objs)
        self._total += sum(each.size for each in results)
        return results[0] if len(results) == 1 else results

    def _plan(self, obj, name, detail, plan, flats):
        """What to size, in the order in which it is to be found: (name, index, referents)."""
        index = len(plan)
        plan.append(obj)
        flats.append(detail > 0)
        children = []
        for ref_name, target in named_refs(obj) if detail > 0 else ():
            if self._opts["code"] or not isinstance(target, (type, type(sys))):
                children.append(self._plan(target, ref_name, detail - 1, plan, flats))
        return name, index, children

    def _asized(self, tree, rows):
        name, index, children = tree
        size, flat, _ = rows[index]
        sized = [self._asized(child, rows) for child in children]
        return Asized(size + sum(each.size for each in sized), flat, sized, name)

    # -- statistics --

    total = property(lambda self: self._total, doc="Bytes so far.")
    sized = property(lambda self: self._objects, doc="Objects counted so far.")
    seen = property(lambda self: self._objects, doc="Objects seen so far.")
    duplicate = property(lambda self: self._duplicate, doc="Objects given that counted already.")
    excluded = property(lambda self: len(self._excluded), doc="Objects left out.")
    ranked = property(lambda self: len(self._sized), doc="Objects given.")
    missed = property(lambda self: 0, doc="Objects that could not be sized: none.")
    duplicates = duplicate

    def _print(self, text, **_):
        print(text, file=self._opts["stream"] or sys.stdout)

    def print_summary(self, w=0, objs=(), **print3options):
        """Print the totals."""
        self._print(f"{self._total:{w or 0}d} bytes", **print3options)
        self._print(f"{self._objects:{w or 0}d} objects sized", **print3options)
        self._print(f"{len(self._sized):{w or 0}d} objects given", **print3options)
        self._print(f"{self._duplicate:{w or 0}d} duplicates", **print3options)

    def print_stats(self, objs=(), opts={}, sized=(), sizes=(), stats=3, **print3options):
        """Print the totals, and the sizes of the objects given."""
        for obj, size in zip(objs or self._sized, sizes or ()):
            self._print(f"{size:8d} bytes: {_repr(obj, self._opts['clip'])}")
        self.print_summary(**print3options)
        if stats > 1:
            self.print_profiles(**print3options)

    def print_profiles(self, w=0, cutoff=0, **print3options):
        """Print what was given, by class."""
        rows = sorted(_memtools.type_tally(list(self._sized)), key=lambda row: -row[2])
        for cls, count, size in rows[:cutoff or None]:
            self._print(f"{count:8d} {type_name(cls)}: {size} bytes flat", **print3options)

    def print_largest(self, w=0, cutoff=0, **print3options):
        """Print the largest of the objects given."""
        ranked = sorted(((asizeof(obj), i, obj) for i, obj in enumerate(self._sized)), reverse=True)
        for size, _, obj in ranked[:cutoff or self._opts["cutoff"]]:
            self._print(f"{size:8d} bytes: {_repr(obj, self._opts['clip'])}", **print3options)

    def print_typedefs(self, w=0, **print3options):
        """Print the classes known: all are, by the runtime itself."""
        self._print("every type is known to the runtime", **print3options)


def _check(opts):
    unknown = opts.keys() - _OPTIONS.keys()
    if unknown:
        name = sorted(unknown)[0]
        raise ValueError(f"invalid option: {name}={opts[name]!r}")


def _objects(objs, opts):
    if not objs and opts.get("all"):
        return tuple(_memtools.objects(all=True))
    return objs


def asizeof(*objs, **opts):
    """The bytes of the objects with all that they hold, each object once."""
    _check(opts)
    return Asizer(**opts).asizeof(*_objects(objs, opts))


def asizesof(*objs, **opts):
    """The bytes of each object with what it holds, as far as no earlier one does: a tuple."""
    _check(opts)
    return Asizer(**opts).asizesof(*_objects(objs, opts))


def asized(*objs, **opts):
    """An Asized for each object, with `detail` levels of referents."""
    _check(opts)
    return Asizer(**opts).asized(*_objects(objs, opts))
