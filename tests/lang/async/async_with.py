# async with awaits __aenter__ and __aexit__.
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as e:
        return e.value
class M:
    def __init__(self, n): self.n = n
    async def __aenter__(self):
        print("enter", self.n)
        return self.n
    async def __aexit__(self, kind, value, tb):
        print("exit", self.n, value)
        return self.n == 2
async def main():
    async with M(1) as a, M(2) as b:
        print(a, b)
        raise ValueError("swallowed by the inner one")
    return "after"
print(run(main()))  # expect: enter 1
# expect: enter 2
# expect: 1 2
# expect: exit 2 swallowed by the inner one
# expect: exit 1 None
# expect: after
