# A comprehension's variables are its own; the outermost iterable is evaluated outside.
x = "outer"
print([x for x in range(2)], x)  # expect: [0, 1] outer

class C:
    n = 3
    ok = [i for i in range(n)]
    try:
        bad = [n for i in range(1)]
    except NameError as e:
        bad = str(e)

print(C.ok, C.bad)  # expect: [0, 1, 2] name 'n' is not defined
