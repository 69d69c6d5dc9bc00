# A closure sees the variable, not its value at definition.
fns = [lambda: i for i in range(3)]
print([f() for f in fns])  # expect: [2, 2, 2]
print([f() for f in [lambda i=i: i for i in range(3)]])  # expect: [0, 1, 2]
print(fns[0](1))  # expect error: TypeError: <listcomp>.<lambda>() takes 0 positional arguments but 1 was given
