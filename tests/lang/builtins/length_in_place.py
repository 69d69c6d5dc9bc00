# len() called by its name: every container, a class with __len__, errors, and another len.
class Sized:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Row(list):
    def __len__(self):
        return 77


def size(o):
    return len(o)


print([size(o) for o in ([], [1], (), (1, 2), "", "abc", "\u0161", {}, {1: 2}, {1, 2}, range(9),
                         b"ab", Sized(5), Row([1]), type("T", (tuple,), {})((1, 2, 3)))])
# expect: [0, 1, 0, 2, 0, 3, 1, 0, 1, 2, 9, 2, 5, 77, 3]
for o in (5, None, Sized(-1), Sized("x"), len):
    try:
        size(o)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
# expect: TypeError object of type 'int' has no len()
# expect: TypeError object of type 'NoneType' has no len()
# expect: ValueError __len__() should return >= 0
# expect: TypeError 'str' object cannot be interpreted as an integer
# expect: TypeError object of type 'builtin_function_or_method' has no len()
for args in ((), ([], [])):
    try:
        len(*args)
    except TypeError as error:
        print(error)
# expect: len() takes exactly one argument (0 given)
# expect: len() takes exactly one argument (2 given)
count = len
print(count("four"), list(map(len, ("a", [1, 2]))))     # expect: 4 [1, 2]


class Loud:
    def __del__(self):
        print("gone")


print(len([Loud()]), "then")
# expect: gone
# expect: 1 then
len = lambda o: "mine"
print(size([]))                                 # expect: mine
