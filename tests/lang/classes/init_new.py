# __new__ makes, __init__ fills; __init__ runs only for an instance of the class.
class A:
    def __new__(cls, *args):
        print("new", cls.__name__, args)
        return super().__new__(cls)
    def __init__(self, *args):
        print("init", args)

A(1, 2)  # expect: new A (1, 2)
# expect: init (1, 2)

class B:
    def __new__(cls):
        return 42
    def __init__(self):
        print("never")

print(B())  # expect: 42

class C:
    def __init__(self):
        return 1

try:
    C()
except TypeError as e:
    print(e)  # expect: __init__() should return None, not 'int'
try:
    object(1)
except TypeError as e:
    print(e)  # expect: object() takes no arguments
class D: pass
try:
    D(1)
except TypeError as e:
    print(e)  # expect: D() takes no arguments
