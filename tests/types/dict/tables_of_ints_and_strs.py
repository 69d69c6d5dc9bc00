# Dicts of ints and strs, small and large, do the same as dicts of any keys.
import random
random.seed(11)


class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return hash(self.n)
    def __eq__(self, other): return self.n == (other.n if isinstance(other, Key) else other)
    def __repr__(self): return repr(self.n)


def model_update(pairs, more):
    keys = [k for k, _ in pairs]
    for k, v in more:
        if k in keys:
            pairs[keys.index(k)] = (k, v)
        else:
            keys.append(k)
            pairs.append((k, v))
    return pairs


wrong = 0
for make in (int, str, float, lambda i: chr(0x20ac + i), lambda i: "key number %d, a long one" % i,
             lambda i: "k" * (i % 20) + chr(97 + i % 26), Key, lambda i: i if i % 2 else str(i)):
    for n in (0, 1, 3, 7, 8, 9, 40):
        keys = [make(i) for i in random.sample(range(60), n)]
        more = [make(i) for i in random.sample(range(60), 12)]
        a, b = {}, {}
        for i, k in enumerate(keys):
            a[k] = i
        for i, k in enumerate(more):
            b[k] = -i
        wrong += list(a.items()) != model_update([], [(k, i) for i, k in enumerate(keys)])
        both = model_update(list(a.items()), list(b.items()))
        c = dict(a)
        c.update(b)
        wrong += list(c.items()) != both or list((a | b).items()) != both
        wrong += list({**a, **b}.items()) != both or dict(both) != c or list(c) != [k for k, _ in both]
        for k, v in both:
            wrong += c[k] != v or c.get(k) != v or k not in c or c.setdefault(k, "no") != v
        gone = more[::2]
        for k in gone:
            wrong += c.pop(k) != b[k]
            wrong += c.pop(k, "gone") != "gone" or k in c or c.get(k, 5) != 5
        rest = [(k, v) for k, v in both if k not in gone]
        wrong += list(c.items()) != rest or [k for k in c] != [k for k, _ in rest]
        wrong += list(c.values()) != [v for _, v in rest] or [(k, v) for k, v in c.items()] != rest
        c.update(zip(gone, gone))
        wrong += list(c.items()) != rest + list(zip(gone, gone))
        c.update([[k, 1] for k in gone])
        wrong += any(c[k] != 1 for k in gone)
print(wrong)  # expect: 0

d = {1: "int", "1": "str"}
d[True], d[1.0] = "bool", "float"
print(d, d.get(True), d.get(1.0), d.get(Key(1)), d.get("1"))
# expect: {1: 'float', '1': 'str'} float float float str
d = {i: i for i in range(20)}
for i in range(19):
    del d[i]
print(d, 0 in d, 18 in d, 19 in d, d.get(5), d.get(19))  # expect: {19: 19} False False True None 19
e = {"": 1, "a": 2, "\0": 3, "a\0": 4, "b" * 8: 5, "b" * 9: 6, "b" * 16: 7, "b" * 17: 8, "\xe9": 9}
print([e["".join(list(k))] for k in e], e.get("\0\0"), e.get("b" * 15))
# expect: [1, 2, 3, 4, 5, 6, 7, 8, 9] None None


class Noisy:
    def __init__(self, name): self.name = name
    def __del__(self): print("dies:", self.name)


d = {i: Noisy(i) for i in range(3)}
for k, v in d.items():
    del v
    d[k] = None
print("end")
# expect: dies: 0
# expect: dies: 1
# expect: dies: 2
# expect: end
pairs = []
for pair in {1: "a", 2: "b"}.items():
    pairs.append(pair)
print(pairs)  # expect: [(1, 'a'), (2, 'b')]
d = {1: 1}
try:
    for k in d: d[k + 1] = 1
except RuntimeError as error:
    print(error)  # expect: dictionary changed size during iteration
try:
    for k in d: d[len(d) + 5] = d.pop(k)
except RuntimeError as error:
    print(error)  # expect: dictionary changed size during iteration
for bad in ([1], [(1, 2, 3)], ["ab", "c"]):
    try:
        {"x": 1}.update(bad)
    except (TypeError, ValueError) as error:
        print(error)
# expect: cannot convert dictionary update sequence element #0 to a sequence
# expect: dictionary update sequence element #0 has length 3; 2 is required
# expect: dictionary update sequence element #1 has length 1; 2 is required


class Grows:
    def __hash__(self): return 1
    def __eq__(self, other):
        source[object()] = 0
        return False


source, target = {Grows(): 1, 2: 2}, {1: 0}
try:
    target.update(source)
except RuntimeError as error:
    print(error)  # expect: dict mutated during update
