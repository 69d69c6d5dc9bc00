# Asynchronous comprehensions and generator expressions.
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as e:
        return e.value
async def items(*a):
    for x in a: yield x
async def double(x): return x * 2
async def main():
    print([x async for x in items(1, 2)])
    print({x: await double(x) async for x in items(1, 2) if x > 1})
    print({await double(x) for x in (1, 2)})
    g = (await double(x) async for x in items(3, 4))
    print(type(g).__name__, [x async for x in g])
run(main())  # expect: [1, 2]
# expect: {2: 4}
# expect: {2, 4}
# expect: async_generator [6, 8]
