# An augmented assignment uses the in-place method, else the binary one, and rebinds.
class A:
    def __iadd__(self, other):
        print("iadd", other)
        return self
    def __mul__(self, other):
        return ("mul", other)
    def __ior__(self, other):
        return NotImplemented
    def __or__(self, other):
        return ("or", other)
a = b = A()
a += 1  # expect: iadd 1
print(a is b)  # expect: True
a |= 5
print(a)  # expect: ('or', 5)
b *= 3
print(b)  # expect: ('mul', 3)
t = ([1],)
try:
    t[0] += [2]
except TypeError as e:
    print(e, t)  # expect: 'tuple' object does not support item assignment ([1, 2],)
