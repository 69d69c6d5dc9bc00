# Callbacks run newest first, and their exceptions are reported only.
import weakref, sys
class C: pass
c = C()
sys.unraisablehook = lambda u: print("unraisable", repr(u.exc_value))
kept = [weakref.ref(c, lambda r, n=n: print("callback", n)) for n in range(2)]
kept.append(weakref.ref(c, lambda r: 1 / 0))
del c  # expect: unraisable ZeroDivisionError('division by zero')
# expect: callback 1
# expect: callback 0
print("after")  # expect: after
f = C()
weakref.finalize(f, print, "finalize", "called", sep="-")
del f  # expect: finalize-called
print("end")  # expect: end
