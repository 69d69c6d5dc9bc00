# __context__ is set by raising while handling, __cause__ by from.
def chain(how):
    try:
        try:
            1 / 0
        except ZeroDivisionError as first:
            if how == "plain": raise ValueError("second")
            if how == "from": raise ValueError("second") from first
            if how == "none": raise ValueError("second") from None
            if how == "other": raise ValueError("second") from KeyError("k")
    except ValueError as e:
        return repr(e.__context__), repr(e.__cause__), e.__suppress_context__
for how in ("plain", "from", "none", "other"):
    print(*chain(how))  # expect: ZeroDivisionError('division by zero') None False
    # expect: ZeroDivisionError('division by zero') ZeroDivisionError('division by zero') True
    # expect: ZeroDivisionError('division by zero') None True
    # expect: ZeroDivisionError('division by zero') KeyError('k') True
try:
    raise ValueError from 5
except TypeError as e:
    print(e)  # expect: exception causes must derive from BaseException
