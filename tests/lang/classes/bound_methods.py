# A method is bound when it is looked up; two lookups are equal, not identical.
class A:
    def f(self, x): return x
a, b = A(), A()
print(a.f == a.f, a.f is a.f, a.f == b.f)  # expect: True False False
print(a.f.__self__ is a, a.f.__func__ is A.f, a.f.__name__)  # expect: True True f
print(list(map(a.f, "xy")))  # expect: ['x', 'y']
try:
    A.f()
except TypeError as e:
    print(e)  # expect: A.f() missing 2 required positional arguments: 'self' and 'x'
try:
    a.f()
except TypeError as e:
    print(e)  # expect: A.f() missing 1 required positional argument: 'x'
try:
    a.f.attr = 1
except AttributeError as e:
    print(e)  # expect: 'method' object has no attribute 'attr'
