# Iterators of sequences: length hints and pickling.
import operator
for it in (iter([1, 2]), iter((1, 2)), iter("ab"), iter(range(2)), reversed([1, 2]), iter({1, 2}), iter({1: 1}), enumerate("ab"), zip("ab"), iter(b"ab")):
    print(type(it).__name__, operator.length_hint(it, -1), len(list(it)), operator.length_hint(it, -1))  # expect: list_iterator 2 2 0
    # expect: tuple_iterator 2 2 0
    # expect: str_ascii_iterator 2 2 0
    # expect: range_iterator 2 2 0
    # expect: list_reverseiterator 2 2 0
    # expect: set_iterator 2 2 0
    # expect: dict_keyiterator 1 1 0
    # expect: enumerate -1 2 -1
    # expect: zip -1 2 -1
    # expect: bytes_iterator 2 2 0
it = iter([1, 2, 3])
next(it)
print(it.__reduce__()[1:], iter([]).__reduce__()[0].__name__)  # expect: (([1, 2, 3],), 1) iter
it.__setstate__(0)
print(list(it))  # expect: [1, 2, 3]
