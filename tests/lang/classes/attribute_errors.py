# The messages of attributes that are missing or cannot be set.
class C: pass
def attempt(f):
    try:
        f()
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)
attempt(lambda: C().x)  # expect: AttributeError 'C' object has no attribute 'x'
attempt(lambda: C.x)  # expect: AttributeError type object 'C' has no attribute 'x'
attempt(lambda: (1).x)  # expect: AttributeError 'int' object has no attribute 'x'
attempt(lambda: None.x)  # expect: AttributeError 'NoneType' object has no attribute 'x'
attempt(lambda: setattr(1, "x", 1))  # expect: AttributeError 'int' object has no attribute 'x'
attempt(lambda: setattr(object(), "x", 1))  # expect: AttributeError 'object' object has no attribute 'x'
attempt(lambda: setattr(int, "x", 1))  # expect: TypeError cannot set 'x' attribute of immutable type 'int'
attempt(lambda: delattr(C(), "x"))  # expect: AttributeError 'C' object has no attribute 'x'
attempt(lambda: delattr(C, "x"))  # expect: AttributeError type object 'C' has no attribute 'x'
attempt(lambda: setattr("", "upper", 1))  # expect: AttributeError 'str' object attribute 'upper' is read-only
attempt(lambda: getattr(C, 1))  # expect: TypeError attribute name must be string, not 'int'
