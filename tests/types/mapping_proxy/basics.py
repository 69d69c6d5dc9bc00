# types.MappingProxyType is a view that cannot be written through.
from types import MappingProxyType as M
d = {"a": 1}
m = M(d)
d["b"] = 2
print(m, m["b"], len(m), "a" in m, list(m), m.get("z", 0), m | {"c": 3}, m == d, dict(m))  # expect: {'a': 1, 'b': 2} 2 2 True ['a', 'b'] 0 {'a': 1, 'b': 2, 'c': 3} True {'a': 1, 'b': 2}
for f in (lambda: m.__setitem__("a", 1), lambda: M(5), lambda: m["z"], lambda: M([])):
    try:
        f()
    except (TypeError, KeyError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: AttributeError 'mappingproxy' object has no attribute '__setitem__'
        # expect: TypeError mappingproxy() argument must be a mapping, not int
        # expect: KeyError 'z'
        # expect: TypeError mappingproxy() argument must be a mapping, not list
