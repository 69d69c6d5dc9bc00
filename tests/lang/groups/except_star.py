# except* takes the part of a group that it names; the rest goes on.
def f(*errors):
    try:
        raise ExceptionGroup("g", errors)
    except* ValueError as e:
        print("values", e.exceptions)
    except* (KeyError, IndexError) as e:
        print("lookups", e.exceptions)
    else:
        print("else")
    finally:
        print("finally")
f(ValueError(1), KeyError(2), ValueError(3), IndexError(4))  # expect: values (ValueError(1), ValueError(3))
# expect: lookups (KeyError(2), IndexError(4))
# expect: finally
try:
    f(ValueError(1), OSError(5))  # expect: values (ValueError(1),)
    # expect: finally
except ExceptionGroup as e:
    print("left", repr(e))  # expect: left ExceptionGroup('g', [OSError(5)])
