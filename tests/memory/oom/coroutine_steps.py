# Coroutines, async generators, comprehensions and context managers, stepped by hand.
class Step:
    def __await__(self): return (yield "stepped")
class Managed:
    async def __aenter__(self): return await Step()
    async def __aexit__(self, *error): await Step(); return error[0] is KeyError
async def numbers(n):
    try:
        for i in range(n):
            await Step()
            yield i
    finally:
        ended.append(n)
ended = []
async def main():
    found = [i async for i in numbers(3) if i != 1]
    async with Managed() as m:
        found.append(m)
        raise KeyError
    stream = numbers(2)
    found.append(await stream.asend(None))
    await stream.aclose()
    return found
coroutine, steps = main(), 0
try:
    while coroutine.send(None if not steps else steps) == "stepped":
        steps += 1
except StopIteration as e:
    print(e.value, steps, ended)  # expect: [0, 2, 4, 0] 6 [3, 2]
