# f(**mapping) asks keys() once and takes a list as it is, other iterables as a whole; then each value is asked for.
def gather(**keywords): return keywords

def fails(call):
    try:
        call()
    except Exception as e:
        print(f"{type(e).__name__}: {e}")

class Growing:
    def __init__(self, keys): self.list = keys
    def keys(self): return self.list
    def __getitem__(self, key):
        if key == "a": self.list.append("z")
        return key.upper()

print(gather(**Growing(["a", "b"])))            # expect: {'a': 'A', 'b': 'B', 'z': 'Z'}
print(gather(c=1, **Growing(["a", "b"])))       # expect: {'c': 1, 'a': 'A', 'b': 'B', 'z': 'Z'}
print(gather(**Growing(["b"]), **Growing(["a"])))   # expect: {'b': 'B', 'a': 'A', 'z': 'Z'}
fails(lambda: gather(z=1, **Growing(["a"])))
# expect: TypeError: __main__.gather() got multiple values for keyword argument 'z'
table = {}
table.update(Growing(["a", "b"]))
print(table)                                    # expect: {'a': 'A', 'b': 'B', 'z': 'Z'}

class Slow:
    def keys(self):
        for key in "xy":
            print("key", key)
            yield key
    def __getitem__(self, key):
        print("value", key)
        return key

print(gather(**Slow()))
# expect: key x
# expect: key y
# expect: value x
# expect: value y
# expect: {'x': 'x', 'y': 'y'}

class Wrong:
    def keys(self): return 5
    def __getitem__(self, key): return key

fails(lambda: gather(**Wrong()))
# expect: TypeError: Wrong.keys() returned a non-iterable (type int)
fails(lambda: gather(a=1, **Wrong()))
# expect: TypeError: Wrong.keys() returned a non-iterable (type int)
fails(lambda: gather(**{1: 2}, **{1: 3}))
# expect: TypeError: __main__.gather() got multiple values for keyword argument '1'
fails(lambda: gather(**{1: 2}))
# expect: TypeError: keywords must be strings
fails(lambda: gather(a=1, **7))
# expect: TypeError: __main__.gather() argument after ** must be a mapping, not int

class Unequal(str):
    changed = None
    __hash__ = str.__hash__
    def __eq__(self, other):
        if self.changed is not None: self.changed[len(self.changed)] = None
        return False

key = Unequal("a")
late = {key: 1, "b": 2}
key.changed = late
fails(lambda: gather(a=1, **late))
# expect: RuntimeError: dict mutated during update
