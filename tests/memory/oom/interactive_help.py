# Signatures of functions in C and Python, and their help.
import inspect, pydoc
def f(a, /, b: int = 2, *c, d=(), **e) -> str:
    """Say so."""
print(inspect.signature(f), inspect.signature(len), inspect.getdoc(f), list(inspect.signature(f).parameters)[3:])  # expect: (a, /, b: int = 2, *c, d=(), **e) -> str (obj, /) Say so. ['d', 'e']
print(pydoc.plain(pydoc.render_doc(f)).splitlines()[2])  # expect: f(a, /, b: int = 2, *c, d=(), **e) -> str
