# A coroutine that is dropped before it ran gives a warning.
import warnings
warnings.simplefilter("always")
warnings.showwarning = lambda m, c, *rest: print(c.__name__, m)
async def f(): pass
f()  # expect: RuntimeWarning coroutine 'f' was never awaited
print("next")  # expect: next
