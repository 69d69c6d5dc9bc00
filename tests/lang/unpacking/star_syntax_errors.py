# Where a star may not stand.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
attempt("*a = [1]")  # expect: starred assignment target must be in a list or tuple
attempt("*a, *b = c")  # expect: multiple starred expressions in assignment
attempt("x = *a")  # expect: can't use starred expression here
attempt("(*a)")  # expect: cannot use starred expression here
attempt("del *a")  # expect: cannot delete starred
attempt("f(**a, *b)")  # expect: iterable argument unpacking follows keyword argument unpacking
attempt("f(a=1, b)")  # expect: positional argument follows keyword argument
attempt("f(**a, b)")  # expect: positional argument follows keyword argument unpacking
attempt("print(*)")  # expect: invalid syntax
attempt("*a += 1")  # expect: 'starred' is an illegal expression for augmented assignment
attempt("return *a")  # expect: 'return' outside function
attempt("a[*b]")  # expect: ok
attempt("for *x in y: pass")  # expect: starred assignment target must be in a list or tuple
