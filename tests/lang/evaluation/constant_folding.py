# Operations on constants that fail do so when they run.
def attempt(text):
    try:
        print(eval(text))
    except Exception as e:
        print(type(e).__name__, e)
attempt("1 / 0")  # expect: ZeroDivisionError division by zero
attempt("1 << -1")  # expect: ValueError negative shift count
attempt("'a' + 1")  # expect: TypeError can only concatenate str (not "int") to str
attempt("(1, 2)[5]")  # expect: IndexError tuple index out of range
attempt("2 ** -1")  # expect: 0.5
attempt("-'x'")  # expect: TypeError bad operand type for unary -: 'str'
attempt("'ab' * 3 + 'c'")  # expect: abababc
attempt("1 if 0 else 1 // 0")  # expect: ZeroDivisionError integer division or modulo by zero
