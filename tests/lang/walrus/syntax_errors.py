# Where := may not stand.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
attempt("x := 1")  # expect: invalid syntax
attempt("(x.y := 1)")  # expect: cannot use assignment expressions with attribute
attempt("(x[0] := 1)")  # expect: cannot use assignment expressions with subscript
attempt("((a, b) := 1)")  # expect: cannot use assignment expressions with tuple
attempt("f(a := 1)")  # expect: ok
attempt("f(a=b:=1)")  # expect: invalid syntax
attempt("def f(x: y := 1): pass")  # expect: invalid syntax
attempt("lambda: x := 1")  # expect: cannot use assignment expressions with lambda
attempt("x = y := 1")  # expect: invalid syntax
attempt("(True := 1)")  # expect: cannot use assignment expressions with True
attempt("[a := 1 for a in b]")  # expect: assignment expression cannot rebind comprehension iteration variable 'a'
