# A profile of calls whose nodes or entries cannot be had says so; the program that it is of goes on.
import _lsprof


def f(n):
    return f(n - 1) + len([n]) if n else 0


def gen(n):
    for i in range(n):
        yield f(i)


p = _lsprof.Profiler()
p.enable()
total = sum(gen(4))
"a".upper()
p.disable()
print(total)                    # expect: 6
names = [e.code if isinstance(e.code, str) else e.code.co_name for e in p.getstats()]
print("f" in names, len(names))     # expect: True 6
p.clear()
print(p.getstats())             # expect: []
