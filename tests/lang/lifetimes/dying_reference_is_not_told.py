# A weak reference that owns its object and dies first is not called back.
import weakref


class Reference(weakref.ref):
    pass


class Thing:
    pass


def told(reference):
    print("told")


thing = Thing()
reference = Reference(thing, told)
reference.thing = thing
del thing
del reference
thing = Thing()
kept = weakref.ref(thing, lambda r: print("kept"))
reference = Reference(thing, told)
reference.thing = thing
del thing
del reference   # expect: kept
