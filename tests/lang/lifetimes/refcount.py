# sys.getrefcount counts the names, and one for its argument.
import sys
a = object()
print(sys.getrefcount(a))  # expect: 2
b = a
c = [a, a]
print(sys.getrefcount(a))  # expect: 5
del b, c
print(sys.getrefcount(a))  # expect: 2
def f(x): return sys.getrefcount(x) >= 3
print(f(a))  # expect: True
