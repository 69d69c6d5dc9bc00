# A suspended generator runs its finally when its last reference goes.
def f():
    try:
        yield 1
    finally:
        print("finally")

g = f()
next(g)
print("before")  # expect: before
del g  # expect: finally
print("after")  # expect: after
g = f()
del g
print("one that never started does nothing")  # expect: one that never started does nothing
