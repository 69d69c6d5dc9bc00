# raise takes an exception or its class; anything else is a TypeError.
for what in (ValueError, ValueError("x"), 5, "text", int, None):
    try:
        raise what
    except ValueError as e:
        print(repr(e))
    except TypeError as e:
        print(e)
# expect: ValueError()
# expect: ValueError('x')
# expect: exceptions must derive from BaseException
# expect: exceptions must derive from BaseException
# expect: exceptions must derive from BaseException
# expect: exceptions must derive from BaseException
class Bad(Exception):
    def __new__(cls): return 5
try:
    raise Bad
except TypeError as e:
    print(e)  # expect: calling <class '__main__.Bad'> should have returned an instance of BaseException, not <class 'int'>
