# The locals of a function die when it returns, after the result is made.
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("gone", self.name)
def f(p):
    a = N("local")
    print("in f")
    return "result"
print(f(N("parameter")))  # expect: in f
# expect: gone parameter
# expect: gone local
# expect: result
print("after")  # expect: after
def g():
    kept = N("kept by closure")
    return lambda: kept
h = g()
print("closure lives")  # expect: closure lives
del h  # expect: gone kept by closure
print("end")  # expect: end
