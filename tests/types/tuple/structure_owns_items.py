# A named structure of the library (os.stat_result ...) drops its items when it dies, or is garbage.
import gc
import os
import sys
import weakref


class Item:
    pass


def watched(hidden):
    item = Item()
    if hidden:
        return os.stat_result((0,) * 10, {"st_atime": item}), weakref.ref(item)
    return os.stat_result((item,) * 10), weakref.ref(item)


for hidden in False, True:
    structure, ref = watched(hidden)
    print(ref() is not None, ref() in gc.get_referents(structure) or hidden)    # expect: True True
    del structure
    print(ref() is None)        # expect: True
    # expect: True True
    # expect: True
structure, ref = watched(False)
ref().cycle = structure
del structure
gc.collect()
print(ref() is None)            # expect: True
print(type(sys.get_asyncgen_hooks()) is type(sys.get_asyncgen_hooks()))         # expect: True
