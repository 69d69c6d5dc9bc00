# Exception groups hold exceptions; the plain one refuses what is no Exception.
g = ExceptionGroup("msg", [ValueError(1), KeyError("k")])
print(repr(g))  # expect: ExceptionGroup('msg', [ValueError(1), KeyError('k')])
print(g, g.message, g.exceptions)  # expect: msg (2 sub-exceptions) msg (ValueError(1), KeyError('k'))
print(type(BaseExceptionGroup("b", [ValueError()])), type(BaseExceptionGroup("b", [KeyboardInterrupt()])))  # expect: <class 'ExceptionGroup'> <class 'BaseExceptionGroup'>
for args in [("m", []), ("m", 5), ("m", [5]), (1, [ValueError()]), ("m",), ("m", [KeyboardInterrupt()])]:
    try:
        ExceptionGroup(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: ValueError second argument (exceptions) must be a non-empty sequence
        # expect: TypeError second argument (exceptions) must be a sequence
        # expect: ValueError Item 0 of second argument (exceptions) is not an exception
        # expect: TypeError BaseExceptionGroup.__new__() argument 1 must be str, not int
        # expect: TypeError BaseExceptionGroup.__new__() takes exactly 2 arguments (1 given)
        # expect: TypeError Cannot nest BaseExceptions in an ExceptionGroup
