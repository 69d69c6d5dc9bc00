# Raising an exception that is in its own context breaks the cycle.
a = ValueError("a")
b = KeyError("b")
try:
    try:
        raise a
    except ValueError:
        try:
            raise b
        except KeyError:
            raise a
except ValueError as e:
    print(e is a, repr(a.__context__), b.__context__)  # expect: True KeyError('b') None
