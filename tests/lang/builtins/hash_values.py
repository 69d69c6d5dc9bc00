# Equal numbers have equal hashes; the rules are CPython's.
print(hash(1), hash(1.0), hash(True), hash(1 + 0j), hash(-1), hash(-2), hash(0.5), hash(2 ** 61 - 1), hash(2 ** 61), hash(-2 ** 70))  # expect: 1 1 1 1 -2 -2 1152921504606846976 0 1 -512
print(hash(float("inf")), hash(-float("inf")), hash(1.5) == hash(3 / 2), hash(()), hash((1, 2)), hash(frozenset()))  # expect: 314159 -314159 True 5740354900026072187 -3550055125485641917 133146708735736
print(hash(None) == hash(None), hash("a") == hash("a"), hash(b"a") == hash("a"))  # expect: True True True
for x in ([], {}, set(), slice(1), bytearray()):
    try:
        hash(x)
    except TypeError as e:
        print(e)  # expect: unhashable type: 'list'
        # expect: unhashable type: 'dict'
        # expect: unhashable type: 'set'
        # expect: unhashable type: 'slice'
        # expect: unhashable type: 'bytearray'
