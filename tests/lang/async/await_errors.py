# What cannot be awaited.
def run(c):
    try:
        c.send(None)
    except StopIteration as e:
        print("returned", e.value)
    except Exception as e:
        print(type(e).__name__, e)
async def a(x): await x
run(a(1))  # expect: TypeError object int can't be used in 'await' expression
run(a([]))  # expect: TypeError object list can't be used in 'await' expression
class B:
    def __await__(self): return 5
run(a(B()))  # expect: TypeError __await__() returned non-iterator of type 'int'
def gen(): yield
run(a(gen()))  # expect: TypeError object generator can't be used in 'await' expression
class C:
    def __await__(self): return iter([])
run(a(C()))  # expect: returned None
