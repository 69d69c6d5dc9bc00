# An async generator is iterated by async for, and closed by aclose.
def run(c):
    try:
        while True:
            c.send(None)
    except StopIteration as e:
        return e.value
async def count(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("closed")
async def main():
    found = [i async for i in count(3)]
    print(found)
    g = count(9)
    async for i in g:
        if i == 1: break
    await g.aclose()
    g = count(1)
    print(await g.asend(None))
    try:
        await g.athrow(ValueError("v"))
    except ValueError as e:
        print("thrown", e)
    return "done"
print(run(main()))  # expect: closed
# expect: [0, 1, 2]
# expect: closed
# expect: 0
# expect: closed
# expect: thrown v
# expect: done
