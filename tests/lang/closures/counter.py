# nonlocal rebinds the variable of the enclosing function; each call has its own.
def counter():
    n = 0
    def step(by=1):
        nonlocal n
        n += by
        return n
    return step

a, b = counter(), counter()
print(a(), a(), a(10), b())  # expect: 1 2 12 1
print(a.__closure__[0].cell_contents, b.__closure__[0].cell_contents)  # expect: 12 1
print(a.__code__.co_freevars, counter.__code__.co_cellvars)  # expect: ('n',) ('n',)
