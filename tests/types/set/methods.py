# The methods and operators of sets.
s = {1, 2, 3}
print(sorted(s | {4}), sorted(s & {2, 9}), sorted(s - {1}), sorted(s ^ {3, 4}), s <= {1, 2, 3, 4}, s < s, s >= {1}, s == {3, 2, 1}, s.isdisjoint([9]), s.issubset(range(9)), s.issuperset([1]))  # expect: [1, 2, 3, 4] [2] [2, 3] [1, 2, 4] True False True True True True True
print(sorted(s.union([5], "a"), key=str), sorted(s.intersection([1, 2], [2])), sorted(s.difference([1], [2])), sorted(s.symmetric_difference([1, 7])), s.copy() == s)  # expect: [1, 2, 3, 5, 'a'] [2] [3] [2, 3, 7] True
s.add(4); s.discard(1); s.discard(99); s.remove(2); s.update([7], "x"); print(sorted(s, key=str))  # expect: [3, 4, 7, 'x']
s.intersection_update([3, 4, 7]); s.difference_update([3]); s.symmetric_difference_update([4, 5]); print(sorted(s))  # expect: [5, 7]
s |= {1}; s &= {1, 5}; s -= {5}; s ^= {2}; print(sorted(s), len(s), s.pop() in (1, 2))  # expect: [1, 2] 2 True
print(set(), frozenset(), {1}, frozenset("a"), set([1]) == frozenset([1]), {frozenset([1])}, hash(frozenset([1, 2])) == hash(frozenset([2, 1])), frozenset([1]) in {frozenset([1])}, {1} in [{1}], {1} in {frozenset([1])})  # expect: set() frozenset() {1} frozenset({'a'}) True {frozenset({1})} True True True True
for f in (lambda: set().pop(), lambda: {1}.remove(2), lambda: {[]}, lambda: {1} | [2], lambda: {1} < [1], lambda: hash({1}), lambda: set(5), lambda: frozenset().add(1), lambda: {1}.update(5), lambda: {1}.add([]), lambda: set(1, 2)):
    try:
        f()
    except (KeyError, TypeError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: KeyError 'pop from an empty set'
        # expect: KeyError 2
        # expect: TypeError unhashable type: 'list'
        # expect: TypeError unsupported operand type(s) for |: 'set' and 'list'
        # expect: TypeError '<' not supported between instances of 'set' and 'list'
        # expect: TypeError unhashable type: 'set'
        # expect: TypeError 'int' object is not iterable
        # expect: AttributeError 'frozenset' object has no attribute 'add'
        # expect: TypeError 'int' object is not iterable
        # expect: TypeError unhashable type: 'list'
        # expect: TypeError set expected at most 1 argument, got 2
