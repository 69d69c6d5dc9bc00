# What the language itself asks of a dict subclass.
class D(dict):
    def __getitem__(self, k): return "own " + str(k)
    def __setitem__(self, k, v): dict.__setitem__(self, k, ("set", v))
    def keys(self): return ["x"]
d = D(a=1)
d["b"] = 2
print(d["a"], d.get("a"), dict(d), {**d}, "%(z)s" % d, "{q}".format_map(d))  # expect: own a 1 {'a': 1, 'b': ('set', 2)} {'a': 1, 'b': ('set', 2)} own z own q
def f(**kw): return kw
print(f(**d))  # expect: {'a': 1, 'b': ('set', 2)}
exec("n = 5", {}, d)
print(dict.__getitem__(d, "n"))  # expect: ('set', 5)
