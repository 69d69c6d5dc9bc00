# locals() of a function is a snapshot: writing to it changes no variable.
def f(a):
    b = 2
    d = locals()
    print(d)
    d["b"] = 99
    return b

print(f(1))  # expect: {'a': 1, 'b': 2}
# expect: 2

class C:
    p = 1
    locals()["q"] = 2

print(C.q)  # expect: 2
print(locals() is globals())  # expect: True
