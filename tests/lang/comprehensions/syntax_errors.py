# What a comprehension cannot hold.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
    except SyntaxError as e:
        print(e.msg)

attempt("[x, y for x in z]")  # expect: did you forget parentheses around the comprehension target?
attempt("[*x for x in y]")  # expect: iterable unpacking cannot be used in comprehension
attempt("{**x for x in y}")  # expect: dict unpacking cannot be used in dict comprehension
attempt("{1: *x for x in y}")  # expect: cannot use a starred expression in a dictionary value
attempt("[x := 1 for x in y]")  # expect: assignment expression cannot rebind comprehension iteration variable 'x'
attempt("[x for x in (y := z)]")  # expect: assignment expression cannot be used in a comprehension iterable expression
attempt("[1 for f() in x]")  # expect: cannot assign to function call
attempt("f(x for x in y, 1)")  # expect: Generator expression must be parenthesized
attempt("class C: [y := 1 for x in z]")  # expect: assignment expression within a comprehension cannot be used in a class body
