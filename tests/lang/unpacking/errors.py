# The messages of unpacking that does not come out.
def attempt(text):
    try:
        exec(text)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
attempt("a, b = 1,")  # expect: ValueError not enough values to unpack (expected 2, got 1)
attempt("a, b = 1, 2, 3")  # expect: ValueError too many values to unpack (expected 2)
attempt("a, b = 5")  # expect: TypeError cannot unpack non-iterable int object
attempt("a, *b, c = [1]")  # expect: ValueError not enough values to unpack (expected at least 2, got 1)
attempt("a, b = iter([1])")  # expect: ValueError not enough values to unpack (expected 2, got 1)
attempt("a, b = None")  # expect: TypeError cannot unpack non-iterable NoneType object
attempt("[] = [1]")  # expect: ValueError too many values to unpack (expected 0)
attempt("a, b = 'abc'")  # expect: ValueError too many values to unpack (expected 2)
attempt("for a, b in [(1,)]: pass")  # expect: ValueError not enough values to unpack (expected 2, got 1)
