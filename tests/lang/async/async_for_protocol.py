# async for needs __aiter__ that gives an object with __anext__.
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as e:
        return e.value
    except TypeError as e:
        print(e)
async def loop(x):
    async for i in x: pass
class A:
    def __aiter__(self): return 5
class B:
    def __aiter__(self): return self
    def __anext__(self): return 5
run(loop([]))  # expect: 'async for' requires an object with __aiter__ method, got list
run(loop(A()))  # expect: 'async for' received an object from __aiter__ that does not implement __anext__: int
run(loop(B()))  # expect: 'async for' received an invalid object from __anext__: int
class Good:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        return self.n
async def main():
    async for i in Good():
        print(i)
    else:
        print("else")
run(main())  # expect: 1
# expect: 2
# expect: else
