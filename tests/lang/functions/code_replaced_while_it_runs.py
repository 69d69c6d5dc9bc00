# A function whose __code__ is replaced while it runs goes on with the old one.
import sys

names = {"sys": sys}
exec("def f(g):\n    f.__code__ = g\n    x = [1, 2]\n    return x, sys._getframe().f_code.co_name\n"
     "def g(a):\n    return 5\n", names)
f, other = names["f"], names.pop("g").__code__
print(f(other), f(1))  # expect: ([1, 2], 'f') 5


def replaced(a, b):
    pass


def change(g, n):
    if n:
        change.__code__ = g
        change(g, n - 1)
        change.__code__ = g.replace(co_name="again")
        del g
    return [n]


result = change(replaced.__code__, 5)
print(result, change.__code__.co_name)  # expect: [5] again

exec("def t():\n    t.__code__ = other\n    yield 1\n    yield sys._getframe().f_code.co_name\n"
     "def other():\n    yield 2\n", names)
names["other"] = names["other"].__code__
t = names["t"]
print(list(t()), list(t()))  # expect: [1, 't'] [2]
