# Recursion without a base raises RecursionError, which can be caught.
def f(n): return f(n + 1)
try:
    f(0)
except RecursionError as e:
    print(e)  # expect: maximum recursion depth exceeded
class C:
    def __repr__(self): return repr(self)
try:
    repr(C())
except RecursionError as e:
    print(type(e).__name__)  # expect: RecursionError
import sys
sys.setrecursionlimit(150)
def depth():
    try:
        return 1 + depth()
    except RecursionError:
        return 1
print(100 < depth() <= 150)  # expect: True
