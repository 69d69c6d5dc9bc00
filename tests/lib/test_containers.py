# SPDX-License-Identifier: MIT
"""Containers against models: after any sequence of operations both say the same."""
import collections
import functools
import itertools
import random
import unittest


class Pairs:
    """An ordered dict as a list of pairs."""

    def __init__(self):
        self.pairs = []

    def index(self, key):
        for i, (k, _) in enumerate(self.pairs):
            if k == key:
                return i
        raise KeyError(key)

    def set(self, key, value):
        try:
            i = self.index(key)
        except KeyError:
            self.pairs.append((key, value))
        else:
            self.pairs[i] = (self.pairs[i][0], value)

    def delete(self, key):
        del self.pairs[self.index(key)]

    def move_to_end(self, key, last=True):
        pair = self.pairs.pop(self.index(key))
        self.pairs.insert(len(self.pairs) if last else 0, pair)

    def popitem(self, last=True):
        if not self.pairs:
            raise KeyError
        return self.pairs.pop(-1 if last else 0)


KEYS = [0, 1, 1.0, True, None, 2.5, -1, "a", "b", "ä", "x" * 50, (1, 2), 10**30, 0.0, frozenset({1}), ...]


def outcome(function, *args):
    try:
        return function(*args)
    except (KeyError, IndexError, ValueError) as error:
        return type(error)


class DictsAgainstModel(unittest.TestCase):
    def check(self, make, seed, ordered):
        chance = random.Random(seed)
        real, model = make(), Pairs()
        for step in range(chance.randrange(600)):
            key = chance.choice(KEYS) if chance.random() < 0.3 else chance.randrange(60)
            what = chance.randrange(8)
            if what < 4:
                real[key] = step
                model.set(key, step)
            elif what == 4:
                self.assertEqual(outcome(real.__delitem__, key), outcome(model.delete, key))
            elif what == 5:
                last = chance.random() < 0.5 or not ordered
                args = (last,) if ordered else ()
                self.assertEqual(outcome(real.popitem, *args), outcome(model.popitem, last))
            elif what == 6 and ordered:
                last = chance.random() < 0.5
                self.assertEqual(outcome(real.move_to_end, key, last), outcome(model.move_to_end, key, last))
            elif chance.random() < 0.05:
                real.clear()
                model.pairs.clear()
            self.assertEqual(len(real), len(model.pairs))
        self.assertEqual(list(real.items()), model.pairs)
        self.assertEqual(list(reversed(real)), [key for key, _ in reversed(model.pairs)])
        self.assertEqual(list(real.copy().items()), model.pairs)
        for key, value in model.pairs:
            self.assertEqual(real[key], value)

    def test_dict(self):
        for seed in range(60):
            self.check(dict, seed, False)

    def test_ordered_dict(self):
        for seed in range(60):
            self.check(collections.OrderedDict, seed, True)


class DequeAgainstList(unittest.TestCase):
    def test_deque(self):
        for seed in range(60):
            chance = random.Random(seed)
            limit = chance.choice([None, None, 7, 1])
            real, model = collections.deque(maxlen=limit), []
            for step in range(chance.randrange(300)):
                i = chance.randrange(-8, 9)
                what = chance.randrange(9)
                if what < 3:
                    real.append(step)
                    model.append(step)
                    del model[:max(0, len(model) - (limit or len(model)))]
                elif what < 5:
                    real.appendleft(step)
                    model.insert(0, step)
                    del model[limit or len(model):]
                elif what == 5:
                    self.assertEqual(outcome(real.popleft), outcome(model.pop, 0))
                elif what == 6:
                    real.rotate(i)
                    if model:
                        n = i % len(model)
                        model[:] = model[-n:] + model[:-n] if n else model
                elif what == 7:
                    self.assertEqual(outcome(real.__delitem__, i), outcome(model.__delitem__, i))
                elif limit is None:
                    real.insert(i, step)
                    model.insert(i, step)
                self.assertEqual(list(real), model)
                self.assertEqual(list(reversed(real)), model[::-1])


class SetsAgainstDicts(unittest.TestCase):
    def test_set(self):
        for seed in range(60):
            chance = random.Random(seed)
            real, model = set(), {}
            for _ in range(chance.randrange(600)):
                key = chance.choice(KEYS) if chance.random() < 0.3 else chance.randrange(300)
                if chance.random() < 0.6:
                    real.add(key)
                    model.setdefault(key)
                else:
                    real.discard(key)
                    model.pop(key, None)
            self.assertEqual(real, set(model))
            self.assertEqual(len(real), len(model))
            other = set(range(0, 300, 3))
            self.assertEqual(real & other, {k for k in model if k in other})
            self.assertEqual(real - other, {k for k in model if k not in other})
            self.assertEqual(real ^ other, (real | other) - (real & other))
            popped = {real.pop() for _ in range(len(real))}
            self.assertEqual(popped, set(model))
            self.assertEqual(real, set())


class Order(unittest.TestCase):
    def test_ordered_dict_queue_takes_no_more_time_when_longer(self):
        queue = collections.OrderedDict.fromkeys(range(100000))
        for i in range(100000):
            queue.move_to_end(i, last=i % 2 == 0)
        first = next(iter(queue))
        self.assertEqual(first, 99999)
        for _ in range(50000):
            queue.popitem(last=False)
        self.assertEqual(next(iter(queue)), 0)

    def test_lru_cache_gives_up_what_was_used_longest_ago(self):
        asked = []
        cached = functools.lru_cache(maxsize=3)(lambda n: asked.append(n) or n)
        for n in (1, 2, 3, 1, 4, 1, 2):
            cached(n)
        self.assertEqual(asked, [1, 2, 3, 4, 2])
        self.assertEqual(cached.cache_info()[:], (2, 5, 3, 3))

    def test_sort_is_stable_and_uses_runs(self):
        chance = random.Random(1)
        pairs = [(chance.randrange(50), i) for i in range(5000)]
        self.assertEqual(sorted(pairs, key=lambda pair: pair[0]), sorted(pairs))
        backwards = sorted(pairs, key=lambda pair: pair[0], reverse=True)
        self.assertEqual(backwards, sorted(pairs, key=lambda pair: (-pair[0], pair[1])))
        compared = 0

        class Counted(int):
            def __lt__(self, other):
                nonlocal compared
                compared += 1
                return int(self) < int(other)

        list.sort([Counted(i) for i in itertools.chain(range(5000), range(1000))])
        self.assertLess(compared, 12000)


if __name__ == "__main__":
    unittest.main()
