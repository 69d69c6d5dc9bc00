# len() of a memoryview without dimensions is 1.
import ctypes
view = memoryview(ctypes.c_int(3))
print(len(view), view.ndim, view.shape, view.nbytes)  # expect: 1 0 () 4
try:
    view[0]
except TypeError as e:
    print(e)  # expect: invalid indexing of 0-dim memory
