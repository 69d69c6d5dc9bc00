# SPDX-License-Identifier: MIT
"""All objects of the heap, and what can be asked of a list of objects."""
import gc
import sys
import types

import _memtools
from pympler import summary
from pympler.asizeof import flatsize

__all__ = ["get_objects", "get_size", "get_diff", "sort", "filter", "get_referents", "print_summary"]


def get_objects(remove_dups=True, include_frames=False):
    """A list of the objects of the heap, text and numbers too; each is there once.

    include_frames: those of functions too, as far as they have one."""
    gc.collect()
    objects = _memtools.objects(all=True)
    if include_frames:
        return objects
    return [each for each in objects if not isinstance(each, types.FrameType)]


def get_size(objects):
    """The bytes of the objects themselves, together."""
    return sum(map(flatsize, objects))


def get_diff(left, right):
    """{'+': objects that are in right alone, '-': in left alone}, by identity."""
    ids = set(map(id, left)), set(map(id, right))
    return {"+": [each for each in right if id(each) not in ids[0]],
            "-": [each for each in left if id(each) not in ids[1]]}


def sort(objects):
    """The objects by size, the smallest first."""
    return sorted(objects, key=flatsize)


def filter(objects, Type=None, min=-1, max=-1):
    """The objects of a type, and of sizes from min to max; -1: no limit."""
    if min > max > -1:
        raise ValueError("minimum must be smaller than maximum")
    return [each for each in objects
            if (Type is None or isinstance(each, Type))
            and (min < 0 or flatsize(each) >= min) and (max < 0 or flatsize(each) <= max)]


def get_referents(object, level=1):
    """What the object refers to over at most `level` references, each once."""
    found, known, last = [], set(), [object]
    for _ in range(level):
        following = []
        for each in gc.get_referents(*last):
            if id(each) not in known:
                known.add(id(each))
                following.append(each)
        found.extend(following)
        last = following
    return found


def _get_usage(function, *args):
    """The bytes that a call of the function leaves in use, or None if it takes less than none."""
    before = _memtools.memory()
    result = function(*args)
    left = _memtools.memory() - before
    del result
    return left if left > 0 else None


def print_summary():
    """Print a summary of the heap."""
    summary.print_(summary.summarize_heap())
    sys.stdout.flush()
