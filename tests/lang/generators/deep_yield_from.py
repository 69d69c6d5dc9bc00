# A long chain of yield from passes values through without trouble.
def chain(n):
    if n == 0:
        got = yield "bottom"
        return got
    return (yield from chain(n - 1))

g = chain(300)
print(next(g))  # expect: bottom
try:
    g.send("value")
except StopIteration as e:
    print(e.value)  # expect: value
