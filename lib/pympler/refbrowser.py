# SPDX-License-Identifier: MIT
"""What refers to an object, as a tree of text."""
import sys

import _memtools
from pympler.asizeof import type_name
from pympler.util import trim

__all__ = ["RefBrowser", "StreamBrowser", "ConsoleBrowser", "FileBrowser"]


class _Node:
    """An object with the nodes of what refers to it."""

    def __init__(self, o, str_func=None):
        self.o = o
        self.children = []
        self.str_func = str_func

    def __str__(self):
        return self.str_func(self.o) if self.str_func else str(self.o)


def _repr(o):
    """The default text of a node."""
    text = type_name(type(o))
    if isinstance(o, (dict, list, tuple, set)):
        text += f" of {len(o)}"
    elif isinstance(getattr(o, "__name__", None), str):
        text += " " + o.__name__
    return trim(text, 50)


class RefBrowser:
    """Finds what refers to rootobject over maxdepth references.

    str_func: the text of an object; repeat: show an object's referrers wherever it is met."""

    def __init__(self, rootobject, maxdepth=3, str_func=_repr, repeat=True, stream=None):
        self.root = rootobject
        self.maxdepth = maxdepth
        self.str_func = str_func
        self.repeat = repeat
        self.stream = stream
        self.ignore = []
        self.already_included = set()

    def get_tree(self):
        """The root node."""
        root = _Node(self.root, self.str_func)
        level, seen = [root], {id(self.root)}
        hidden = [id(each) for each in (self, vars(self), root, vars(root), self.ignore)]
        hidden += [id(each) for each in self.ignore]
        known = {}
        for _ in range(self.maxdepth):
            wanted = [node.o for node in level]
            hidden += [id(each) for each in level] + [id(vars(each)) for each in level]
            found = {}
            for source, target, *_edge in _memtools.referrers(wanted, hidden + [id(level)], globals()):
                found.setdefault(id(target), []).append(source)
            following = []
            for node in level:
                sources = {id(each): each for each in found.get(id(node.o), ())}
                known[id(node.o)] = node
                for source in sources.values():
                    child = _Node(source, self.str_func)
                    node.children.append(child)
                    if self.repeat or id(source) not in seen:
                        following.append(child)
                    seen.add(id(source))
            level = following
        return root


class StreamBrowser(RefBrowser):
    """Writes the tree to a stream."""

    cross, vline, hline, space = "+", "|", "-", " "

    def print_tree(self, tree=None):
        """Write the tree."""
        stream = self.stream or sys.stdout
        tree = tree or self.get_tree()
        waiting = [(tree, "", "")]
        while waiting:
            node, first, rest = waiting.pop()
            stream.write(first + str(node) + "\n")
            for i, child in enumerate(reversed(node.children)):
                last = i == 0
                waiting.append((child, rest + self.cross + self.hline * 2 + self.space,
                                rest + (self.space if last else self.vline) + self.space * 3))


class ConsoleBrowser(StreamBrowser):
    """Prints the tree."""


class FileBrowser(StreamBrowser):
    """Writes the tree to a file."""

    def print_tree(self, filename, tree=None):
        with open(filename, "w", encoding="utf-8") as self.stream:
            super().print_tree(tree)
        self.stream = None
