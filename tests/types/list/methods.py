# The methods of list and their errors.
l = [3, 1, 2]
l.append(4); l.extend("ab"); l.insert(0, "first"); l.insert(-1, "x"); l.insert(99, "last")
print(l, l.index(1), l.count(4), l.pop(), l.pop(0), l.pop(-2))  # expect: [3, 1, 2, 4, 'a', 'b'] 2 1 last first x
l.remove("a" if "a" in l else "b")
l.reverse()
print(l, l.copy() == l, l.copy() is l)  # expect: ['b', 4, 2, 1, 3] True False
l.clear()
print(l)  # expect: []
for f in (lambda: [].pop(), lambda: [1].pop(5), lambda: [1].remove(2), lambda: [1].index(2), lambda: [1].extend(5), lambda: [1].insert("a", 1), lambda: [1, 2].index(1, 1), lambda: [1].pop("a")):
    try:
        f()
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: IndexError pop from empty list
        # expect: IndexError pop index out of range
        # expect: ValueError list.remove(x): x not in list
        # expect: ValueError 2 is not in list
        # expect: TypeError 'int' object is not iterable
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: ValueError 1 is not in list
        # expect: TypeError 'str' object cannot be interpreted as an integer
