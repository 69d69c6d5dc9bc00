# A coroutine runs when it is sent to, and returns by StopIteration.
class Later:
    def __await__(self):
        got = yield "asked"
        return got * 2
async def inner(): return await Later()
async def outer(): return (await inner(), await inner())
c = outer()
print(c.send(None), c.send(1))  # expect: asked asked
try:
    c.send(2)
except StopIteration as e:
    print(e.value)  # expect: (2, 4)
try:
    c.send(None)
except RuntimeError as e:
    print(e)  # expect: cannot reuse already awaited coroutine
