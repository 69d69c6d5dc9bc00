# A caught exception keeps the frames' locals until the handler ends.
class N:
    def __del__(self): print("gone")
def f():
    n = N()
    raise ValueError
try:
    f()
except ValueError as e:
    print("handling")  # expect: handling
    # expect: gone
print("after")  # expect: after
