# SPDX-License-Identifier: MIT
"""Who refers to whom, and what there is more of than before, with the interface of objgraph.

Pictures need no other program: a file name that ends in .svg or .html is drawn here (_graphdraw),
.dot is Graphviz's language, and other names are given to Graphviz's `dot` where it is installed.
References are named: ".attribute", "['key']", "[0]", "global x of module", "closure cell x",
"local x in f, line 12".  A variable of a function that is running counts as a reference of its
frame.

Counts are of the objects of gc.get_objects(), taken from the heap's tables.
"""
import collections
import gc
import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import types

import _memtools

__author__ = "Ounce"
__version__ = "3.5.0"

__all__ = ["at", "at_addrs", "by_type", "count", "find_backref_chain", "find_ref_chain",
           "get_leaking_objects", "get_new_ids", "growth", "is_proper_module", "most_common_types",
           "show_backrefs", "show_chain", "show_growth", "show_most_common_types", "show_refs",
           "typestats"]


# ---- counting ----

def _short_typename(obj):
    return type(obj).__name__


def _long_name(cls):
    module = getattr(cls, "__module__", None)
    return f"{module}.{cls.__name__}" if module else cls.__name__


def _long_typename(obj):
    return _long_name(type(obj))


def count(typename, objects=None):
    """How many objects there are of types with this name ("Class" or "module.Class")."""
    if objects is None:
        name = _long_name if "." in typename else (lambda cls: cls.__name__)
        return sum(number for cls, number, _ in _memtools.type_tally() if name(cls) == typename)
    name = _long_typename if "." in typename else _short_typename
    return sum(1 for each in objects if name(each) == typename)


def typestats(objects=None, shortnames=True, filter=None):
    """{name of type: how many objects}; of those for which filter(object) is true."""
    stats = {}
    if objects is None and filter is None:
        for cls, number, _ in _memtools.type_tally():
            name = cls.__name__ if shortnames else _long_name(cls)
            stats[name] = stats.get(name, 0) + number
        return stats
    name = _short_typename if shortnames else _long_typename
    for each in gc.get_objects() if objects is None else objects:
        if filter is None or filter(each):
            key = name(each)
            stats[key] = stats.get(key, 0) + 1
    return stats


def most_common_types(limit=10, objects=None, shortnames=True, filter=None):
    """A list of (name, count) of the types with the most objects; limit None: of all."""
    stats = sorted(typestats(objects, shortnames, filter).items(), key=lambda item: -item[1])
    return stats[:limit] if limit else stats


def show_most_common_types(limit=10, objects=None, shortnames=True, file=None, filter=None):
    """Print most_common_types()."""
    file = sys.stdout if file is None else file
    stats = most_common_types(limit, objects, shortnames, filter)
    width = max([len(name) for name, _ in stats], default=0)
    for name, number in stats:
        file.write(f"{name:<{width}} {number}\n")


def growth(limit=10, peak_stats={}, shortnames=True, filter=None):
    """A list of (name, count, more) of the types with more objects than ever at an earlier call.

    peak_stats: a dict that keeps the counts between calls."""
    gc.collect()
    stats = typestats(shortnames=shortnames, filter=filter)
    deltas = {}
    for name, number in stats.items():
        old = peak_stats.get(name, 0)
        if number > old:
            deltas[name] = number - old
            peak_stats[name] = number
    more = sorted(deltas.items(), key=lambda item: -item[1])
    return [(name, stats[name], delta) for name, delta in (more[:limit] if limit else more)]


def show_growth(limit=10, peak_stats=None, shortnames=True, file=None, filter=None):
    """Print growth()."""
    file = sys.stdout if file is None else file
    if peak_stats is None:
        rows = growth(limit, shortnames=shortnames, filter=filter)
    else:
        rows = growth(limit, peak_stats, shortnames, filter)
    width = max([len(name) for name, _, _ in rows], default=0)
    for name, number, delta in rows:
        file.write(f"{name:<{width}}{number:9d} {delta:+9d}\n")


def _ids_by_type(shortnames):
    name = _short_typename if shortnames else _long_typename
    ids = collections.defaultdict(set)
    for each in gc.get_objects():
        if each is not ids:
            ids[name(each)].add(id(each))
    return ids


def get_new_ids(skip_update=False, limit=10, sortby="deltas", shortnames=None, file=None, _state={}):
    """{name of type: set of ids} of the objects that are new since the last call; print a table.

    skip_update  give the result of the last call again
    limit        rows to print: 0 none, None all
    sortby       the column that the rows are sorted by: "old", "current", "new" or "deltas"
    shortnames   names without modules; None: as at the last call
    """
    columns = ["old", "current", "new", "deltas"]
    if sortby not in columns:
        raise ValueError(f"sortby must be one of {columns}")
    if not _state:
        _state.update(old={}, current={}, new=collections.defaultdict(set), shortnames=True)
    if shortnames is not None and shortnames != _state["shortnames"]:
        _state.update(old={}, current={}, shortnames=shortnames)
    if not skip_update:
        gc.collect()
        _state["old"] = old = _state["current"]
        _state["new"].clear()
        _state["current"] = current = _ids_by_type(_state["shortnames"])
        for name, ids in current.items():
            fresh = ids - old.get(name, set())
            if fresh:
                _state["new"][name] = fresh
    if limit == 0:
        return _state["new"]
    rows = []
    for name in _state["old"].keys() | _state["current"].keys():
        before, now = (len(_state[each].get(name, ())) for each in ("old", "current"))
        fresh = len(_state["new"].get(name, ()))
        if before or now:
            rows.append((name, before, now, fresh, now - before))
    column = columns.index(sortby) + 1
    rows.sort(key=lambda row: (-row[column], row[0]))
    _print_new_ids(rows[:limit], sys.stdout if file is None else file)
    return _state["new"]


def _print_new_ids(rows, file):
    width = max([4] + [len(row[0]) for row in rows])
    line = "=" * (width + 4 * 13)
    print(line, file=file)
    print(f"{'Type':<{width}} {'Old_ids':>12} {'Current_ids':>12} {'New_ids':>12} {'Count_Deltas':>12}",
          file=file)
    print(line, file=file)
    for name, before, now, fresh, delta in rows:
        print(f"{name:<{width}} {before:12d} {now:12d} {fresh:+12d} {delta:+12d}", file=file)
    print(line, file=file)


def get_leaking_objects(objects=None):
    """The objects that nothing refers to, as far as can be seen, and that live nevertheless.

    objects: look at these alone; None: at the heap, where variables of running functions count as
    references."""
    if objects is None:
        return _memtools.unreferenced()
    ids = {id(each) for each in objects}
    for each in objects:
        for target in gc.get_referents(each):
            ids.discard(id(target))
    return [each for each in objects if id(each) in ids]


def by_type(typename, objects=None):
    """The objects of types with this name ("Class" or "module.Class")."""
    name = _long_typename if "." in typename else _short_typename
    return [each for each in (gc.get_objects() if objects is None else objects)
            if name(each) == typename]


def at(addr):
    """The object with this id, or None."""
    found = _memtools.object_at(addr) if addr >= 0 else None
    return found and found[0]


def at_addrs(address_set):
    """A list of the objects with these ids, as far as there are such."""
    found = (_memtools.object_at(addr) for addr in address_set if addr >= 0)
    return [each[0] for each in found if each]


# ---- chains ----

def is_proper_module(obj):
    """Is it a module, and one of sys.modules?"""
    return inspect.ismodule(obj) and obj is sys.modules.get(getattr(obj, "__name__", None))


def find_ref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """The shortest chain of references from obj to an object for which predicate(object) is true:
    a list that begins with obj, or [obj] if there is none."""
    return _memtools.chain(obj, predicate, max_depth, list(extra_ignore), False, globals())


def find_backref_chain(obj, predicate, max_depth=20, extra_ignore=()):
    """The shortest chain of references to obj from an object for which predicate(object) is true:
    a list that ends with obj, or [obj] if there is none."""
    chain = _memtools.chain(obj, predicate, max_depth, list(extra_ignore), True, globals())
    chain.reverse()
    return chain


# ---- names of references ----

_FUNCTION = {"code": "__code__", "globals": "__globals__", "defaults": "__defaults__",
             "keyword_defaults": "__kwdefaults__", "annotations": "__annotations__",
             "builtins": "__builtins__", "doc": "__doc__", "name": "__name__",
             "qualname": "__qualname__", "module": "__module__", "dict": "__dict__"}
_FIELDS = {types.FunctionType: _FUNCTION,
           types.MethodType: {"function": "__func__", "self": "__self__"},
           types.ModuleType: {"dict": "__dict__", "def_name": "__name__"},
           type: {"name": "__name__", "qualname": "__qualname__", "utf8_name": "__name__"},
           types.CodeType: {"constants": "co_consts", "names": "co_names", "locals": "co_varnames",
                            "cells": "co_cellvars", "frees": "co_freevars",
                            "filename": "co_filename", "name": "co_name",
                            "qualname": "co_qualname"},
           types.FrameType: {"back": "f_back", "trace": "f_trace"},
           types.GeneratorType: {"frame": "gi_frame", "code": "gi_code", "name": "__name__",
                                 "qualname": "__qualname__"},
           types.TracebackType: {"frame": "tb_frame", "next": "tb_next"}}


def _slot_name(source, target):
    for cls in type(source).__mro__:
        for name, member in vars(cls).items():
            if isinstance(member, types.MemberDescriptorType):
                try:
                    if member.__get__(source) is target:
                        return name
                except (AttributeError, TypeError):
                    pass
    return "__slots__"


def _variable(code, line, index):
    names = _memtools.local_names(code)
    if index >= len(names):
        return "temporary value"
    return f"local {names[index]} in {code.co_name}, line {line}"


def _module_of(namespace):
    """The module whose namespace a dict is, or None."""
    name = namespace.get("__name__") if type(namespace) is dict else None
    module = sys.modules.get(name) if isinstance(name, str) else None
    return module if module is not None and getattr(module, "__dict__", None) is namespace else None


def _edge_name(source, target, label, index, key):
    """(name of a reference, label in DOT, weight in DOT)."""
    if index >= 0:
        if label == "key":
            return f"key {_clip(_safe_repr(target))}", None, 0
        if label == "value":
            text = _clip(_safe_repr(key))
            plain = isinstance(key, str) and _is_name(key)
            dot = key if plain else f"{_short_typename(key)}\n{text}"
            module = _module_of(source) if plain else None
            return (f"global {key} of {module.__name__}" if module else f"[{text}]"), dot, 2
        if label == "cell" and isinstance(source, types.FunctionType):
            return f"closure cell {source.__code__.co_freevars[index]}", None, 0
        if label == "local" and isinstance(source, types.FrameType):
            return _variable(source.f_code, source.f_lineno, index), None, 0
        if label == "register":
            code = getattr(source, "gi_code", None) or getattr(source, "cr_code", None) or (
                getattr(source, "ag_code", None))
            frame = getattr(source, "gi_frame", None) or getattr(source, "cr_frame", None) or (
                getattr(source, "ag_frame", None))
            if code:
                return _variable(code, frame.f_lineno if frame else code.co_firstlineno, index), None, 0
        return (f"[{index}]" if label == "[]" else label), None, 0
    if label == "__slots__":
        label = _slot_name(source, target)
    for cls, names in _FIELDS.items():
        if isinstance(source, cls) and label in names:
            return "." + names[label], names[label], 10
    if label in ("__dict__", "cell_contents"):
        return "." + label, label, 10 if label == "__dict__" else 2
    return "." + label, "." + label, 2


def _is_name(text):
    return text.replace("_", "a").isalnum() or not text


# ---- texts of objects ----

_NOT_SHOWN = "(unrepresentable)"


def _safe_repr(obj):
    try:
        return _short_repr(obj)
    except Exception:
        return _NOT_SHOWN


def _clip(text, most=40):
    return text[:most]


def _short_repr(obj):
    """A text of at most 40 characters or so that tells an object from others of its type."""
    if isinstance(obj, (type, types.ModuleType, types.BuiltinMethodType, types.BuiltinFunctionType)):
        return _clip(obj.__name__)
    if isinstance(obj, types.MethodType):
        name = obj.__func__.__name__
        bound = "" if not isinstance(obj.__func__, types.FunctionType) else " (bound)"
        return _clip(name + bound)
    if isinstance(obj, types.LambdaType) and obj.__name__ == "<lambda>":
        return _clip("lambda: {}:{}".format(os.path.basename(obj.__code__.co_filename),
                                            obj.__code__.co_firstlineno))
    if isinstance(obj, types.FrameType):
        return f"{obj.f_code.co_filename}:{obj.f_lineno}"
    if isinstance(obj, (tuple, list, dict, set)):
        return f"{len(obj)} items"
    return _clip(repr(obj))


def _node_text(node, extra_info, refcounts, shortnames):
    obj = node.obj
    name = _short_typename(obj) if shortnames else _long_typename(obj)
    if refcounts:
        # an object that was given is held by the argument and by a copy of it
        name += f" [{sys.getrefcount(obj) - _OWN_REFERENCES - 2 * node.root}]"
    text = f"{name}\n{_safe_repr(obj)}"
    if extra_info:
        text += "\n" + str(extra_info(obj))
    return text


# ---- graphs ----

class _Node:
    __slots__ = ("obj", "id", "depth", "text", "attributes", "color", "root", "has_del", "more",
                 "module")

    def __init__(self, obj, depth):
        self.obj, self.id, self.depth = obj, id(obj), depth
        self.more = 0
        self.root = depth == 0


class _Graph:
    """Nodes in the order of their distance, and edges (source id, target id, name, dot, weight)."""

    def __init__(self, back):
        self.nodes, self.edges, self.back = {}, [], back

    def neighbours(self, nodes, ignored):
        """{id of node: [(neighbour, name, dot, weight)]}, one of each pair of objects a reference."""
        found = {node.id: [] for node in nodes}
        if not self.back:
            for node in nodes:
                for target, *edge in _memtools.edges(node.obj):
                    # names say who refers; that an attribute or a key is a name, says nothing
                    named = isinstance(target, str) and edge[0] in ("key", "name", "qualname")
                    if id(target) not in ignored and not named:
                        found[node.id].append((target, *_edge_name(node.obj, target, *edge)))
            return found
        targets = [node.obj for node in nodes]
        hidden = list(ignored) + [id(node) for node in nodes]
        for source, target, *edge in _memtools.referrers(targets, hidden, globals()):
            found[id(target)].append((source, *_edge_name(source, target, *edge)))
        return found


def _color(depth, max_depth, hue=0, saturation=0):
    value = 1 - .7 * depth / max_depth if max_depth else 1
    return hue, saturation, float(f"{value:g}")


# What a node, and the variable and argument that hold its object, add to a reference count.
_OWN_REFERENCES = (lambda node: (lambda obj: sys.getrefcount(obj))(node.obj))(_Node([], 1))


def _build(objs, back, max_depth, extra_ignore, filter, too_many, highlight, extra_info, refcounts,
           shortnames, extra_node_attrs, cull_func):
    graph = _Graph(back)
    ignored = set(extra_ignore)
    level = []
    for obj in objs:
        if id(obj) not in graph.nodes:
            graph.nodes[id(obj)] = node = _Node(obj, 0)
            level.append(node)
    del obj     # it is to be counted once
    ignored.update(id(each) for each in (graph, graph.nodes, level, objs))
    ignored.add(id(vars(graph)))
    for depth in range(max_depth + 1):
        for node in level:
            _describe(node, depth, max_depth, highlight, extra_info, refcounts, shortnames,
                      extra_node_attrs)
        if depth == max_depth:
            break
        open_nodes = [node for node in level if not (cull_func and depth and cull_func(node.obj))]
        level = _expand(graph, open_nodes, depth + 1, ignored, filter, too_many)
    return graph


def _describe(node, depth, max_depth, highlight, extra_info, refcounts, shortnames, extra_node_attrs):
    """Say what is to be seen of a node; first its reference count, before there is one more."""
    node.text = _node_text(node, extra_info, refcounts, shortnames)
    obj = node.obj
    node.attributes = extra_node_attrs(obj) if extra_node_attrs else None
    node.module = is_proper_module(obj)
    hue, saturation = 0, 0
    if node.module:
        hue, saturation = .3, 1
    if highlight and highlight(obj):
        hue, saturation = .6, .6
    node.color = _color(depth, max_depth, hue, saturation)
    node.has_del = hasattr(obj, "__del__") and not isinstance(obj, (type, types.ModuleType))


def _expand(graph, nodes, depth, ignored, filter, too_many):
    """Add what the nodes lead to; the nodes that are new."""
    fresh = []
    for node_id, edges in graph.neighbours(nodes, ignored).items():
        node, shown = graph.nodes[node_id], 0
        for other, name, dot, weight in edges:
            if id(other) in ignored or (filter and not filter(other)):
                continue
            if shown >= too_many:
                node.more += 1
                continue
            shown += 1
            if id(other) not in graph.nodes:
                graph.nodes[id(other)] = new = _Node(other, depth)
                fresh.append(new)
            ends = (id(other), node_id) if graph.back else (node_id, id(other))
            graph.edges.append((*ends, node_id, name, dot, weight))
    return fresh


# ---- DOT ----

def _quote(text):
    return ('"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            .replace("\0", "\\\\0") + '"')


def _write_dot(graph, max_depth, file):
    edges = collections.defaultdict(list)
    for source, target, owner, name, dot, weight in graph.edges:
        edges[owner].append((source, target, dot or name, weight))
    file.write("digraph ObjectGraph {\n"
               "  node[shape=box, style=filled, fillcolor=white];\n")
    for node in graph.nodes.values():
        if node.root:
            file.write(f"  o{node.id}[fontcolor=red];\n")
    for node in graph.nodes.values():
        _write_dot_node(graph, node, edges[node.id], max_depth, file)
    file.write("}\n")


def _write_dot_node(graph, node, edges, max_depth, file):
    hue, saturation, value = node.color
    extra = ""
    if node.attributes is not None:
        extra = ", " + ", ".join(f'{name}={_quote(str(text))}' for name, text in node.attributes.items())
    file.write(f"  o{node.id}[label={_quote(node.text)}{extra}];\n")
    file.write(f'  o{node.id}[fillcolor="{hue:g},{saturation:g},{value:g}"];\n')
    if value < .5:
        file.write(f"  o{node.id}[fontcolor=white];\n")
    if node.has_del:
        mark = f"o{node.id}_has_a_del"
        file.write(f"  o{node.id}->{mark}[color=red,style=dotted,len=0.25,weight=10];\n")
        file.write(f'  {mark}[label="__del__",shape=doublecircle,height=0.25,color=red,'
                   'fillcolor="0,.5,1",fontsize=6];\n')
    for source, target, label, weight in edges:
        weighted = f",weight={weight}" if weight else ""
        file.write(f"  o{source} -> o{target} [label={_quote(label)}{weighted}];\n")
    if node.more:
        mark, own = f"too_many_o{node.id}", f"o{node.id}"
        ends = f"{mark}->{own}" if graph.back else f"{own}->{mark}"
        kind = "backreferences" if graph.back else "references"
        _, _, deeper = _color(node.depth + 1, max_depth)
        file.write(f"  {ends}[color=red,style=dotted,len=0.25,weight=10];\n")
        file.write(f'  {mark}[label="{node.more} more {kind}",shape=box,height=0.25,color=red,'
                   f'fillcolor="0,1,{deeper:g}",fontsize=6];\n')
        if deeper < .5:
            file.write(f"  {mark}[fontcolor=white];\n")


# ---- pictures ----

def _drawn(graph, title):
    """The graph for _graphdraw."""
    import _graphdraw
    picture = _graphdraw.Picture(title, upward=graph.back)
    for node in graph.nodes.values():
        lines = [line[:60] for line in node.text.split("\n")[:6]]
        if node.more:
            kind = "references to it" if graph.back else "references"
            lines.append(f"({node.more} more {kind})")
        if node.has_del:
            lines.append("has __del__")
        picture.node(node.id, lines, node.depth, root=node.root, hsv=node.color)
    for source, target, _owner, name, _dot, _weight in graph.edges:
        picture.edge(source, target, name)
    return picture


def _show(graph, max_depth, filename, output, title):
    if output is not None:
        _write_dot(graph, max_depth, output)
        return None
    extension = os.path.splitext(filename)[1].lower() if filename else ""
    if extension in (".svg", ".html", ".htm"):
        picture = _drawn(graph, title)
        with open(filename, "w", encoding="utf-8") as file:
            file.write(picture.svg() if extension == ".svg" else picture.html())
        print(f"Image generated as {filename}")
        return None
    if extension == ".dot":
        dot_name = filename
        file = open(filename, "w", encoding="utf-8")
    else:
        handle, dot_name = tempfile.mkstemp(".dot", "objgraph-", text=True)
        file = os.fdopen(handle, "w", encoding="utf-8")
    with file:
        _write_dot(graph, max_depth, file)
    print(f"Graph written to {dot_name} ({len(graph.nodes)} nodes)")
    if extension != ".dot":
        _present(graph, dot_name, filename, extension, title)
    return None


def _present(graph, dot_name, filename, extension, title):
    """Show the picture, or make a file of it."""
    if not filename and shutil.which("xdot"):
        print("Spawning graph viewer (xdot)")
        subprocess.Popen(["xdot", dot_name], close_fds=True)
        return
    if filename and shutil.which("dot"):
        kind = extension[1:] or "png"
        done = subprocess.run(["dot", f"-T{kind}", "-o" + filename, dot_name], close_fds=False)
        if done.returncode == 0:
            print(f"Image generated as {filename}")
            return
    image = (os.path.splitext(filename)[0] if filename else dot_name[:-4]) + ".svg"
    with open(image, "w", encoding="utf-8") as file:
        file.write(_drawn(graph, title).svg())
    if filename:
        print("Image renderer (dot) not found: drawn without it")
    print(f"Image generated as {image}")


def _show_graph(objs, back, max_depth, extra_ignore, filter, too_many, highlight, filename,
                extra_info, refcounts, shortnames, output, extra_node_attrs, cull_func=None):
    if filename and output is not None:
        raise ValueError("Cannot specify both output and filename.")
    given = objs if isinstance(objs, (list, tuple)) else ()
    objs = list(given) or [objs]
    graph = _build(objs, back, max_depth, (id(given), *extra_ignore), filter, too_many, highlight, extra_info,
                   refcounts, shortnames, extra_node_attrs, cull_func)
    title = ("What refers to " if back else "What is referred to by ") + ", ".join(
        _clip(f"{_short_typename(obj)} {_safe_repr(obj)}") for obj in objs[:3])
    return _show(graph, max_depth, filename, output, title)


def show_backrefs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None,
                  filename=None, extra_info=None, refcounts=False, shortnames=True, output=None,
                  extra_node_attrs=None):
    """Draw what refers to an object, or to those of a list, over max_depth references.

    filename     .svg, .html, .dot or whatever Graphviz's dot can make
    output       a file for DOT text, instead
    too_many     at most so many references to each object
    filter       draw only objects for which filter(object) is true
    extra_ignore ids of objects not to draw
    highlight    objects for which highlight(object) is true are blue
    extra_info   extra_info(object) is a further line of its text
    refcounts    show reference counts;  shortnames: types without their modules
    extra_node_attrs    a function that gives a dict of DOT attributes

    Modules are where the search ends.
    """
    return _show_graph(objs, True, max_depth, extra_ignore, filter, too_many, highlight, filename,
                       extra_info, refcounts, shortnames, output, extra_node_attrs, is_proper_module)


def show_refs(objs, max_depth=3, extra_ignore=(), filter=None, too_many=10, highlight=None,
              filename=None, extra_info=None, refcounts=False, shortnames=True, output=None,
              extra_node_attrs=None):
    """Draw what an object, or those of a list, refer to.  The arguments are those of
    show_backrefs()."""
    return _show_graph(objs, False, max_depth, extra_ignore, filter, too_many, highlight, filename,
                       extra_info, refcounts, shortnames, output, extra_node_attrs)


def show_chain(*chains, **kw):
    """Draw chains that find_backref_chain() (or, with backrefs=False, find_ref_chain()) gave.

    Further keywords are those of show_backrefs()."""
    backrefs = kw.pop("backrefs", True)
    chains = [chain for chain in chains if chain]
    if not chains:
        return None
    members = {id(each) for chain in chains for each in chain}
    kw.setdefault("max_depth", max(map(len, chains)) - 1)
    show = show_backrefs if backrefs else show_refs
    ends = [chain[-1 if backrefs else 0] for chain in chains]
    return show(ends, filter=lambda obj: id(obj) in members, **kw)
