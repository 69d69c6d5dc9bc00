# repr, str and format, and what they fall back on.
class A:
    def __repr__(self): return "<A>"
class B(A):
    def __str__(self): return "b"
class C(B):
    def __format__(self, spec): return f"[{spec}]"
print(A(), [A()], B(), [B()], f"{B()} {B()!r} {C():x^3} {C()}")  # expect: <A> [<A>] b [<A>] b <A> [x^3] []
class D:
    def __repr__(self): return 1
    def __str__(self): return b""
    def __format__(self, spec): return None
def attempt(f):
    try:
        f()
    except TypeError as e:
        print(e)
attempt(lambda: repr(D()))  # expect: __repr__ returned non-string (type int)
attempt(lambda: str(D()))  # expect: __str__ returned non-string (type bytes)
attempt(lambda: format(D()))  # expect: __format__ must return a str, not NoneType
attempt(lambda: format(A(), "x"))  # expect: unsupported format string passed to A.__format__
