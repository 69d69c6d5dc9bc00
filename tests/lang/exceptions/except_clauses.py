# The first clause that fits handles; a tuple is any of its members; else runs without an exception.
def f(e):
    try:
        if e: raise e
    except (KeyError, IndexError):
        return "lookup"
    except ArithmeticError as x:
        return f"arithmetic {type(x).__name__}"
    except Exception:
        return "other"
    else:
        return "else"
for e in (KeyError, IndexError(), ZeroDivisionError, OSError, None):
    print(f(e))  # expect: lookup
    # expect: lookup
    # expect: arithmetic ZeroDivisionError
    # expect: other
    # expect: else
try:
    try:
        1 / 0
    except 5:
        pass
except TypeError as e:
    print(e)  # expect: catching classes that do not inherit from BaseException is not allowed
try:
    try:
        1 / 0
    except (ValueError, "x"):
        pass
except TypeError as e:
    print(e)  # expect: catching classes that do not inherit from BaseException is not allowed
