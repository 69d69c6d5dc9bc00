# exec in a function cannot bind its locals.
def f():
    x = 1
    exec("x = 2")
    return x

print(f())  # expect: 1
