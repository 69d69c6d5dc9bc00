# A class's own attributes.
class A:
    "doc"
    x: int = 1
class B(A): pass
print(A.__name__, A.__qualname__, A.__module__, A.__doc__, A.__bases__, A.__mro__, A.__dict__["x"], A.__annotations__, B.__doc__, B.__base__, A.__subclasses__(), type.__flags__ != 0, A.__basicsize__ > 0, type.mro(B) == list(B.__mro__))  # expect: A A __main__ doc (<class 'object'>,) (<class '__main__.A'>, <class 'object'>) 1 {'x': <class 'int'>} None <class '__main__.A'> [<class '__main__.B'>] True True True
A.__name__ = "New"
A.y = 2
print(A, B.y, repr(A)[-5:])  # expect: <class '__main__.A'> 2 _.A'>
for name, value in (("__name__", 5), ("__name__", "a\0"), ("__bases__", 5), ("__bases__", ()), ("__bases__", (int,)), ("__mro__", ()), ("__dict__", {})):
    try:
        setattr(A, name, value)
    except (TypeError, ValueError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: TypeError can only assign string to New.__name__, not 'int'
        # expect: ValueError type name must not contain null characters
        # expect: TypeError can only assign tuple to New.__bases__, not int
        # expect: TypeError can only assign non-empty tuple to New.__bases__, not ()
        # expect: TypeError __bases__ assignment: 'int' object layout differs from 'object'
        # expect: AttributeError readonly attribute
        # expect: AttributeError attribute '__dict__' of 'type' objects is not writable
try:
    int.x = 1
except TypeError as e:
    print(e)  # expect: cannot set 'x' attribute of immutable type 'int'
try:
    del A.__name__
except TypeError as e:
    print(e)  # expect: cannot delete '__name__' attribute of immutable type 'New'
