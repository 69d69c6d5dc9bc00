# A function that was collected, and is brought back while it dies, can be shown and called.
# CPython crashes at the call.
# only: ounce
import gc
import weakref


class Late:
    def __del__(self):
        global brought_back
        brought_back = self.ref()


class Holder(tuple):
    def __del__(self):
        global late
        self[1].ref = weakref.ref(self[0])
        del late


def make():
    here = 5

    def inner(there=7):
        return here + there

    return inner


late = Late()
function = make()
function.__module__ = Holder((function, late))
del function
gc.collect()
print(callable(brought_back))   # expect: True
print("<function" in repr(brought_back))    # expect: True
try:
    brought_back(1)
except (NameError, TypeError):      # its variables are empty, and its defaults gone
    pass
print("done")   # expect: done
