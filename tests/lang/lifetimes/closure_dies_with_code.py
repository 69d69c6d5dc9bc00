# Cells die with their functions also where the code of these is garbage of the same collection.
import gc

SOURCES = """
class A:
    def __new__(cls):
        return super().__new__(cls)
""", """
class A:
    @staticmethod
    def f():
        return __class__
""", """
def f(n):
    def inner():
        return n, kept
    kept = staticmethod(inner)
f(1)
""", """
def f(n):
    def inner():
        return n, kept
    kept = inner
f(1)
"""


def cells():
    return sum(type(o).__name__ == "cell" for o in gc.get_objects())


def run(source):
    space = {}
    exec(compile(source, "m", "exec"), space)
    space["space"] = space
    del space
    gc.collect()


for source in SOURCES:
    run(source)
    before = cells()
    for _ in range(5):
        run(source)
    print(cells() - before)     # expect: 0
    # expect: 0
    # expect: 0
    # expect: 0
