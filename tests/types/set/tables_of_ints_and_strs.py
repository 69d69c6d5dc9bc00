# Sets of ints and strs alone give the same results as sets that hold anything else too.
import random
random.seed(7)


class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return hash(self.n)
    def __eq__(self, other): return self.n == (other.n if isinstance(other, Key) else other)


def variants(kind, n):
    pick = random.sample(range(2 * n + 1), n)
    if kind == "int":
        return set(pick)
    if kind == "str":
        return {"k%d" % i for i in pick}
    if kind == "float":
        return {i / 2 for i in pick}
    if kind == "wide":
        return {chr(0x20ac + i % 50) * (i // 50 + 1) for i in pick}
    return {(i,) if i % 3 else i for i in pick}


wrong = 0
for kind in ("int", "str", "float", "wide", "tuple"):
    for n in (0, 1, 5, 6, 7, 100, 700, 1500):
        a, b = variants(kind, n), variants(kind, n)
        both = [x for x in a if x in b]
        only = [x for x in a if x not in b]
        wrong += sorted(map(repr, a & b)) != sorted(map(repr, both))
        wrong += sorted(map(repr, a - b)) != sorted(map(repr, only))
        wrong += len(a | b) != len(a) + len(b) - len(both)
        wrong += len(a ^ b) != len(a) + len(b) - 2 * len(both)
        wrong += (a <= b) != (not only) or not (a & b) <= a or not a >= (a - b)
        wrong += a != set(a) or a != set(list(a)) or a != set(tuple(a) * 3) or a.copy() != a
        wrong += frozenset(a) & b != a & b or type(frozenset(a) & b) is not frozenset
print(wrong)  # expect: 0

print({1, 2.0, True, "1"} & {1.0, 2, "1"} == {1, 2, "1"})  # expect: True
print({1, 2, 3} - {Key(2)} == {1, 3}, {Key(1)} & {1, 2} == {1})  # expect: True True
print({None, False, 0.5} & {0, None, 1} == {None, 0})  # expect: True
print({1, 2} <= {1, 2, (3,)}, {(3,), 1} <= {1, 2})  # expect: True False
print(set([1, "a", (2,), "a", 1]) == {(2,), "a", 1})  # expect: True
print(len(set([5] * 5000)), len(set(("x",) * 900 + ("y",))))  # expect: 1 2
try:
    set([1, 2, []])
except TypeError as e:
    print(e)  # expect: unhashable type: 'list'

# One item comes and goes, and others do, without the table's filling up.
s = set(range(1000))
for i in range(20000):
    s.add(7777)
    s.remove(7777)
    s.add("k%d" % (i % 7))
    s.discard("k%d" % ((i + 3) % 7))
print(len(s), 7777 in s, sorted(map(str, s - set(range(1000)))))
# expect: 1004 False ['k0', 'k4', 'k5', 'k6']
t = {(1,), 2}
for i in range(5000):
    t.add((3,)), t.remove((3,)), t.add(4), t.discard(4)
print(t == {(1,), 2})  # expect: True
while s:
    s.pop()
s.add("last")
print(s)  # expect: {'last'}
u = set(range(100))
for i in range(99):
    u.remove(i)
u.add(5)
u.add(200)
print(sorted(u.pop() for _ in range(3)), u)  # expect: [5, 99, 200] set()


class Stranger(int):
    def __eq__(self, other):
        s.clear()
        return int.__eq__(self, other)
    __hash__ = int.__hash__


s = set(range(50)) | {Stranger(60)}
print(len(s & {60, 61}), len(s))  # expect: 0 0
