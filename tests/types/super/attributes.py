# super objects: what they show and refuse.
class A:
    x = "A.x"
class B(A):
    x = "B.x"
b = B()
s = super(B, b)
print(s.x, s.__thisclass__ is B, s.__self__ is b, s.__self_class__ is B, repr(s)[:29])  # expect: A.x True True True <super: <class 'B'>, <B objec
for f in (lambda: super(5), lambda: super(B, 5), lambda: super(B, A), lambda: s.y, lambda: setattr(s, "x", 1), lambda: super(B)[0]):
    try:
        f()
    except (TypeError, AttributeError, RuntimeError) as e:
        print(type(e).__name__, e)  # expect: TypeError super() argument 1 must be a type, not int
        # expect: TypeError super(type, obj): obj must be an instance or subtype of type
        # expect: TypeError super(type, obj): obj must be an instance or subtype of type
        # expect: AttributeError 'super' object has no attribute 'y'
        # expect: AttributeError 'super' object has no attribute 'x'
        # expect: TypeError 'super' object is not subscriptable
u = super(B)
print(u.__self__, u.__get__(b, B).x)  # expect: None A.x
