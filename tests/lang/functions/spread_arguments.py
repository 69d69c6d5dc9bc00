# f(*args) and f(*args, **{}) where only defaults are missing: values, lifetimes, errors.
def three(a, b=2, c=3):
    local = a
    return local, b, c


def none():
    first = 1
    second = 2
    return first + second


def wrap(f):
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapper


def bare(f, args):
    return f(*args)


for f in (wrap(three), wrap(wrap(three))):
    print(f(1), f(1, 5), f(1, 5, 6), f(1, c=7), f(*(1,), **{}))
# expect: (1, 2, 3) (1, 5, 3) (1, 5, 6) (1, 2, 7) (1, 2, 3)
# expect: (1, 2, 3) (1, 5, 3) (1, 5, 6) (1, 2, 7) (1, 2, 3)
print(wrap(none)(), bare(none, ()), bare(none, []), bare(three, [1]), bare(three, "ab"))
# expect: 3 3 3 (1, 2, 3) ('a', 'b', 3)


class Row(tuple):
    def __iter__(self):
        return iter("xyz")


print(bare(three, Row((1, 2))))                 # expect: ('x', 'y', 'z')
for args in ((), (1, 2, 3, 4)):
    for call in (wrap(three), lambda *args: bare(three, args)):
        try:
            call(*args)
        except TypeError as error:
            print(error)
# expect: three() missing 1 required positional argument: 'a'
# expect: three() missing 1 required positional argument: 'a'
# expect: three() takes from 1 to 3 positional arguments but 4 were given
# expect: three() takes from 1 to 3 positional arguments but 4 were given


class Loud:
    def __del__(self):
        print("gone")


def forget(a, b=None):
    a = None
    print("forgotten")


bare(forget, (Loud(),))
# expect: forgotten
# expect: gone
bare(forget, [Loud()])
# expect: forgotten
# expect: gone


def deep(*args):
    return deep(*args)


def simple(a):
    return simple(*(a,))


for f in (deep, simple):
    try:
        f(1)
    except RecursionError as error:
        print(error)
# expect: maximum recursion depth exceeded
# expect: maximum recursion depth exceeded
