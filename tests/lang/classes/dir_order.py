# dir lists the names of an object, its class and its bases, sorted.
class A:
    one = 1
class B(A):
    two = 2
b = B()
b.three = 3
print([n for n in dir(b) if not n.startswith("_")])  # expect: ['one', 'three', 'two']
class D:
    def __dir__(self): return ["z", "a"]
print(dir(D()))  # expect: ['a', 'z']
class E:
    def __dir__(self): return 5
try:
    dir(E())
except TypeError as e:
    print(e)  # expect: 'int' object is not iterable
