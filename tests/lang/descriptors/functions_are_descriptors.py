# A function in a class is a descriptor; in an instance it is a plain value.
def f(*args): return len(args)
class C:
    m = f
c = C()
c.own = f
print(c.m(), C.m(), c.own())  # expect: 1 0 0
print(f.__get__(5)(), f.__get__(None, C) is f)  # expect: 1 True
class Callable:
    def __call__(self, *args): return len(args)
C.k = Callable()
print(c.k())  # expect: 0
