# Defaults of positional parameters: each number of arguments, changed defaults, their owners.


def three(a, b=2, c=3):
    d = 4
    return a, b, c, d


def keyed(a, b=2, *, c=3):
    return a, b, c


def rest(a, b=2, *more):
    return a, b, more


class Thing:
    def method(self, x=[], y="y"):
        x.append(len(x))
        return x, y


for args in ((), (1,), (1, 5), (1, 5, 6), (1, 5, 6, 7)):
    for f in (three, keyed, rest):
        try:
            print(f(*args) if len(args) > 2 else f() if not args else f(1) if len(args) == 1 else f(1, 5))
        except TypeError as error:
            print(error)
# expect: three() missing 1 required positional argument: 'a'
# expect: keyed() missing 1 required positional argument: 'a'
# expect: rest() missing 1 required positional argument: 'a'
# expect: (1, 2, 3, 4)
# expect: (1, 2, 3)
# expect: (1, 2, ())
# expect: (1, 5, 3, 4)
# expect: (1, 5, 3)
# expect: (1, 5, ())
# expect: (1, 5, 6, 4)
# expect: keyed() takes from 1 to 2 positional arguments but 3 were given
# expect: (1, 5, (6,))
# expect: three() takes from 1 to 3 positional arguments but 4 were given
# expect: keyed() takes from 1 to 2 positional arguments but 4 were given
# expect: (1, 5, (6, 7))
thing = Thing()
thing.method()
print(thing.method(), thing.method([7]), Thing.method(thing))
# expect: ([0, 1, 2], 'y') ([7, 1], 'y') ([0, 1, 2], 'y')


def call():
    return three(1)


print(call())                                   # expect: (1, 2, 3, 4)
three.__defaults__ = (8, 9)
print(call())                                   # expect: (1, 8, 9, 4)
three.__defaults__ = (9,)
try:
    call()
except TypeError as error:
    print(error)                                # expect: three() missing 1 required positional argument: 'b'
three.__defaults__ = None
try:
    call()
except TypeError as error:
    print(error)                                # expect: three() missing 2 required positional arguments: 'b' and 'c'
three.__defaults__ = (1, 2, 3, 4, 5)
print(call(), three())                          # expect: (1, 4, 5, 4) (3, 4, 5, 4)


class Loud:
    def __del__(self):
        print("gone")


def owner(a=Loud()):
    a = None
    return "kept"


print(owner(), owner())                         # expect: kept kept
owner.__defaults__ = ()                         # expect: gone


def deep(n, step=1):
    return deep(n + step) if n >= 0 else n


try:
    deep(0)
except RecursionError as error:
    print(error)                                # expect: maximum recursion depth exceeded


def generate(a, b=2):
    yield a, b


print(list(generate(1)))                        # expect: [(1, 2)]
