# __init_subclass__ sees each subclass with the keywords of its class statement.
class Base:
    kinds = []
    def __init_subclass__(cls, /, kind=None, **rest):
        super().__init_subclass__(**rest)
        cls.kinds.append((cls.__name__, kind))

class A(Base, kind="a"): pass
class B(A): pass
print(Base.kinds)  # expect: [('A', 'a'), ('B', None)]
try:
    class C(Base, color=1): pass
except TypeError as e:
    print(e)  # expect: C.__init_subclass__() takes no keyword arguments
try:
    class D(x=1): pass
except TypeError as e:
    print(e)  # expect: D.__init_subclass__() takes no keyword arguments
