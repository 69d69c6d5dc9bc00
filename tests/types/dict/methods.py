# The methods of dict.
d = {"a": 1, "b": 2}
print(d.get("a"), d.get("x"), d.get("x", 0), d.setdefault("c", 3), d.setdefault("a", 9), d.pop("b"), d.pop("x", None), d)  # expect: 1 None 0 3 1 2 None {'a': 1, 'c': 3}
d.update({"z": 1}, y=2); d.update([("k", "v")]); d.update(); print(d, d.popitem(), len(d))  # expect: {'a': 1, 'c': 3, 'z': 1, 'y': 2} ('k', 'v') 4
print(dict.fromkeys("ab"), dict.fromkeys("ab", 0), d.copy() == d, list(d), list(d.items()), "a" in d, d | {"a": 5}, {"q": 1} | d)  # expect: {'a': None, 'b': None} {'a': 0, 'b': 0} True ['a', 'c', 'z', 'y'] [('a', 1), ('c', 3), ('z', 1), ('y', 2)] True {'a': 5, 'c': 3, 'z': 1, 'y': 2} {'q': 1, 'a': 1, 'c': 3, 'z': 1, 'y': 2}
d |= {"w": 1}; d |= [("v", 2)]; print(d)  # expect: {'a': 1, 'c': 3, 'z': 1, 'y': 2, 'w': 1, 'v': 2}
d.clear(); print(d)  # expect: {}
for f in (lambda: {}.popitem(), lambda: {}["k"], lambda: {}.pop("k"), lambda: {}.update(5), lambda: {}.update([1]), lambda: {}.update([(1, 2, 3)]), lambda: dict([1]), lambda: {}[[]], lambda: {} | [], lambda: {} < {}, lambda: dict(1, 2), lambda: {}.update(["abc"]), lambda: {[]: 1}):
    try:
        f()
    except (KeyError, TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: KeyError 'popitem(): dictionary is empty'
        # expect: KeyError 'k'
        # expect: KeyError 'k'
        # expect: TypeError 'int' object is not iterable
        # expect: TypeError cannot convert dictionary update sequence element #0 to a sequence
        # expect: ValueError dictionary update sequence element #0 has length 3; 2 is required
        # expect: TypeError cannot convert dictionary update sequence element #0 to a sequence
        # expect: TypeError unhashable type: 'list'
        # expect: TypeError unsupported operand type(s) for |: 'dict' and 'list'
        # expect: TypeError '<' not supported between instances of 'dict' and 'dict'
        # expect: TypeError dict expected at most 1 argument, got 2
        # expect: ValueError dictionary update sequence element #0 has length 3; 2 is required
        # expect: TypeError unhashable type: 'list'
