# Coroutines by hand.
async def f(n): return n if n < 1 else await f(n - 1) + 1
try:
    f(5).send(None)
except StopIteration as e:
    print(e.value)  # expect: 5
