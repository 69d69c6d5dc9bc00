# min, max, sum, any, all with their options and errors.
print(min(3, 1, 2), max("hello"), min([], default="none"), max([1, -5], key=abs), sum([1, 2], 10), sum([[1], [2]], []))  # expect: 1 o none -5 13 [1, 2]
print(any([]), all([]), any([0, "x"]), all([1, 0]), sum([0.1] * 3), sum([True, True]))  # expect: False True True False 0.30000000000000004 2
def attempt(f):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
attempt(lambda: min([]))  # expect: ValueError min() arg is an empty sequence
attempt(lambda: max())  # expect: TypeError max expected at least 1 argument, got 0
attempt(lambda: max(5))  # expect: TypeError 'int' object is not iterable
attempt(lambda: min(1, 2, default=3))  # expect: TypeError Cannot specify a default for min() with multiple positional arguments
attempt(lambda: sum(["a"], ""))  # expect: TypeError sum() can't sum strings [use ''.join(seq) instead]
attempt(lambda: sum(["a"]))  # expect: TypeError unsupported operand type(s) for +: 'int' and 'str'
attempt(lambda: max(1, "a"))  # expect: TypeError '>' not supported between instances of 'str' and 'int'
attempt(lambda: sum([b"a"], b""))  # expect: TypeError sum() can't sum bytes [use b''.join(seq) instead]
