# enumerate, zip, map, filter, reversed, sorted and their errors.
print(list(enumerate("ab", 5)), list(zip("abc", [1, 2])), list(zip()), list(map(max, [1, 5], [3, 2])))  # expect: [(5, 'a'), (6, 'b')] [('a', 1), ('b', 2)] [] [3, 5]
print(list(filter(None, [0, 1, "", "a"])), list(filter(str.isupper, "aBcD")), list(reversed([1, 2, 3])))  # expect: [1, 'a'] ['B', 'D'] [3, 2, 1]
print(sorted("hello", reverse=True), sorted([3, -1, 2], key=abs))  # expect: ['o', 'l', 'l', 'h', 'e'] [-1, 2, 3]
def attempt(f):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
attempt(lambda: list(zip("abc", "ab", strict=True)))  # expect: ValueError zip() argument 2 is shorter than argument 1
attempt(lambda: list(zip("ab", "abc", strict=True)))  # expect: ValueError zip() argument 2 is longer than argument 1
attempt(lambda: list(zip("ab", 5)))  # expect: TypeError 'int' object is not iterable
attempt(lambda: reversed({1}))  # expect: TypeError 'set' object is not reversible
attempt(lambda: map(str))  # expect: TypeError map() must have at least two arguments.
attempt(lambda: list(map(5, [1])))  # expect: TypeError 'int' object is not callable
attempt(lambda: sorted([1, "a"]))  # expect: TypeError '<' not supported between instances of 'str' and 'int'
attempt(lambda: enumerate())  # expect: TypeError enumerate() missing required argument 'iterable'
attempt(lambda: sorted([1], key=5))  # expect: TypeError 'int' object is not callable
