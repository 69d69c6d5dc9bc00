# Identity of constants, and of defaults.
def f(x=(1, 2), y=()): return x, y
print(f()[0] is f()[0], f()[1] is tuple())  # expect: True True
a = "hello_there"
b = "hello_there"
print(a is b, None is None, ... is Ellipsis)  # expect: True True True
