# __missing__ of a subclass is asked by [] only.
class D(dict):
    def __missing__(self, k): return ("missing", k)
d = D(a=1)
print(d["a"], d["b"], d.get("b"), "b" in d, d)  # expect: 1 ('missing', 'b') None False {'a': 1}
try:
    d.pop("b")
except KeyError as e:
    print(repr(e))  # expect: KeyError('b')
