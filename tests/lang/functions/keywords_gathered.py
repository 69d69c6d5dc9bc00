# What **kwargs gets: names of calls and of dicts, made at run time, repeated, many, in their order.
def rest(first=0, *more, **named):
    return first, more, named


def only(**named):
    named["added"] = 1
    return named


def keyed(a, *, b=5, **named):
    return a, b, named


made = "".join(["col", "our"])
options = {made: 1, "size": 2}
print(rest(1, **options), rest(**{}), rest(1, x=2, **options))
# expect: (1, (), {'colour': 1, 'size': 2}) (0, (), {}) (1, (), {'x': 2, 'colour': 1, 'size': 2})
print(only(**options), options)
# expect: {'colour': 1, 'size': 2, 'added': 1} {'colour': 1, 'size': 2}
print(keyed(1, **options), keyed(1, b=2, **options), keyed(**{"a": 1, "b": 3}))
# expect: (1, 5, {'colour': 1, 'size': 2}) (1, 2, {'colour': 1, 'size': 2}) (1, 3, {})
many = {"k%d" % i: i for i in range(30)}
print(only(**many) == {**many, "added": 1}, list(rest(**many)[2])[:4])
# expect: True ['k0', 'k1', 'k2', 'k3']
for call in (lambda: only(**{1: 2}), lambda: only(x=1, **{"x": 2}), lambda: keyed(**options)):
    try:
        call()
    except TypeError as error:
        print(error)
# expect: keywords must be strings
# expect: __main__.only() got multiple values for keyword argument 'x'
# expect: keyed() missing 1 required positional argument: 'a'


class Name(str):
    pass


print([type(key).__name__ for key in only(**{Name("n"): 1})])   # expect: ['Name', 'str']


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def show(name):
    print("take", name)
    return Loud(name)


only(a=show("a"), b=show("b"))
# expect: take a
# expect: take b
# expect: gone a
# expect: gone b
rest(show(1), **{"c": show("c")})
# expect: take 1
# expect: take c
# expect: gone c
# expect: gone 1


def fails():
    rest(show("x"),
         1 // 0, **options)


try:
    fails()
except ZeroDivisionError as error:
    print(error.__traceback__.tb_next.tb_lineno)
# expect: take x
# expect: gone x
# expect: 70
