# getattr, setattr, hasattr, delattr, vars, callable, id, type.
class C:
    x = 1
o = C()
print(getattr(o, "x"), getattr(o, "y", "default"), hasattr(o, "y"), vars(o), callable(C), callable(o))  # expect: 1 default False {} True False
setattr(o, "y", 2)
delattr(o, "y")
print(type(o) is C, id(o) == id(o))  # expect: True True
def attempt(f):
    try:
        print(f())
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)
attempt(lambda: getattr(o, "y"))  # expect: AttributeError 'C' object has no attribute 'y'
attempt(lambda: getattr(o, 5))  # expect: TypeError attribute name must be string, not 'int'
attempt(lambda: hasattr(o, 5))  # expect: TypeError attribute name must be string, not 'int'
attempt(lambda: vars(5))  # expect: TypeError vars() argument must have __dict__ attribute
attempt(lambda: setattr(o, 5, 1))  # expect: TypeError attribute name must be string, not 'int'
