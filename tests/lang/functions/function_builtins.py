# A function keeps the builtins that its globals named when it was made.
def keeper():
    return len([1, 2, 3])


len([])
globals()["__builtins__"], saved = {"len": lambda x: 7}, globals()["__builtins__"]


def changed():
    return len([1, 2, 3])


globals()["__builtins__"] = saved
print(keeper(), changed(), list(changed.__builtins__))
space = {"type": type, "__builtins__": {"None": None}}
exec("def f(): pass\ng = type(f)(f.__code__, {})", space)
print(space["f"].__builtins__, space["g"].__builtins__)
print(type(lambda: 0)((lambda: abs(-1)).__code__, {})())
# expect: 3 7 ['len']
# expect: {'None': None} {'None': None}
# expect: 1
