# An exhausted generator lets its locals go at once.
class Noisy:
    def __del__(self):
        print("gone")

def f():
    n = Noisy()
    yield 1

g = f()
next(g)
print("suspended")  # expect: suspended
next(g, None)  # expect: gone
print("exhausted")  # expect: exhausted
