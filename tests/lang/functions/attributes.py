# What a function tells about itself, and what of it can be changed.
def f(a, b=2, *, c=3) -> int:
    "the doc"
print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__kwdefaults__, f.__annotations__)  # expect: f f the doc __main__ (2,) {'c': 3} {'return': <class 'int'>}
f.extra = 1
print(f.__dict__, f.__code__.co_varnames, f.__code__.co_argcount, f.__code__.co_kwonlyargcount)  # expect: {'extra': 1} ('a', 'b', 'c') 2 1
f.__name__ = "renamed"
f.__doc__ = None
f.__defaults__ = (1, 2)
print(f.__name__, f.__doc__)  # expect: renamed None
for name, value in (("__name__", 5), ("__defaults__", 5), ("__code__", 5), ("__kwdefaults__", 5)):
    try:
        setattr(f, name, value)
    except TypeError as e:
        print(e)  # expect: __name__ must be set to a string object
        # expect: __defaults__ must be set to a tuple object
        # expect: __code__ must be set to a code object
        # expect: __kwdefaults__ must be set to a dict object
def outer():
    def inner(): pass
    class C:
        def m(self): pass
    return inner, C
print([x.__qualname__ for x in outer()], outer()[1].m.__qualname__)  # expect: ['outer.<locals>.inner', 'outer.<locals>.C'] outer.<locals>.C.m
