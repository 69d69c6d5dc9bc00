# A generator tells its frame, code, state and what it delegates to.
def inner():
    yield

def f():
    yield from inner()

g = f()
print(g.gi_running, g.gi_suspended, g.gi_yieldfrom, g.gi_frame.f_lineno)  # expect: False False None 5
next(g)
print(g.gi_suspended, g.gi_yieldfrom.__name__, g.gi_code.co_name)  # expect: True inner f
print(list(g), g.gi_frame, g.gi_suspended)  # expect: [] None False
print(g.__name__, g.__qualname__)  # expect: f f
g.__name__ = "renamed"
print(g.__name__)  # expect: renamed
