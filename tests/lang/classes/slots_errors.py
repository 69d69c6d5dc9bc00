# What __slots__ may not hold.
def attempt(make):
    try:
        make()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)

def conflict():
    class A:
        __slots__ = "x"
        x = 1
def on_int():
    class A(int):
        __slots__ = "x"
def number():
    class A:
        __slots__ = (1,)
def not_a_name():
    class A:
        __slots__ = ("a b",)
def twice_dict():
    class A:
        __slots__ = ("__dict__", "__dict__")
def layout():
    class A:
        __slots__ = "a"
    class B:
        __slots__ = "b"
    class C(A, B): pass
for make in (conflict, on_int, number, not_a_name, twice_dict, layout):
    attempt(make)  # expect: ValueError 'x' in __slots__ conflicts with class variable
    # expect: TypeError nonempty __slots__ not supported for subtype of 'int'
    # expect: TypeError __slots__ items must be strings, not 'int'
    # expect: TypeError __slots__ must be identifiers
    # expect: TypeError __dict__ slot disallowed: we already got one
    # expect: TypeError multiple bases have instance lay-out conflict
