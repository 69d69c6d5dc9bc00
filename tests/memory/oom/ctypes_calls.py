# C functions are called, with structs, arrays, pointers and a callback.
from _ctypes import ArgumentError, CFuncPtr, POINTER, Array, Structure, _SimpleCData, byref, dlopen, dlsym, pointer, sizeof
class c_int(_SimpleCData): _type_ = "i"
class c_double(_SimpleCData): _type_ = "d"
class c_char_p(_SimpleCData): _type_ = "z"
class Pair(Structure): _fields_ = [("left", c_int), ("right", c_double), ("text", c_char_p)]
class Five(Array): _type_, _length_ = c_int, 5
class Absolute(CFuncPtr): _flags_, _restype_, _argtypes_ = 1, c_int, (c_int,)
class Compare(CFuncPtr): _flags_, _restype_, _argtypes_ = 1, c_int, (POINTER(c_int), POINTER(c_int))
class Sort(CFuncPtr): _flags_, _restype_, _argtypes_ = 1, None, (POINTER(c_int), c_int, c_int, Compare)
library = dlopen(None, 0)
print(Absolute(dlsym(library, "abs"))(-7))  # expect: 7
pair = Pair(1, 2.5, b"three")
pair.left += 4
print(pair.left, pair.right, pair.text, sizeof(Pair))  # expect: 5 2.5 b'three' 24
five = Five(5, 3, 1, 4, 2)
class FivePointer(CFuncPtr): _flags_, _restype_, _argtypes_ = 1, None, (Five, c_int, c_int, Compare)
FivePointer(dlsym(library, "qsort"))(five, 5, 4, Compare(lambda a, b: a[0] - b[0]))
print(sum(five), len(five[1:3]))  # expect: 15 2
to = pointer(pair)
to.contents.left = 9
print(pair.left, to[0].right)  # expect: 9 2.5
try:
    Absolute(dlsym(library, "abs"))("x")
except ArgumentError as e:
    print(type(e).__name__)  # expect: ArgumentError
