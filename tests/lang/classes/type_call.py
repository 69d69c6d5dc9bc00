# type with three arguments makes a class; with one it tells the type.
C = type("C", (int,), {"x": 1, "f": lambda self: self + 1})
print(C(4).f(), C.x, C.__name__, C.__module__, C.__qualname__)  # expect: 5 1 C __main__ C
print(type(1), type(C), type(type))  # expect: <class 'int'> <class 'type'> <class 'type'>
for args in [(1, 2), ("a", 1, {}), (1, (), {}), ("a", (1,), {}), ("a", (bool,), {}), ("a\0", (), {})]:
    try:
        type(*args)
    except (TypeError, ValueError) as e:
        print(e)  # expect: type() takes 1 or 3 arguments
        # expect: type.__new__() argument 2 must be tuple, not int
        # expect: type.__new__() argument 1 must be str, not int
        # expect: metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases
        # expect: type 'bool' is not an acceptable base type
        # expect: type name must not contain null characters
