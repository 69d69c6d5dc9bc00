# nonlocal needs a binding in an enclosing function.
x = 1

def f():
    nonlocal x  # expect error: SyntaxError: no binding for nonlocal 'x' found
