# send gives a value to the yield expression at which the generator waits.
def echo():
    got = None
    while got != "stop":
        got = yield got
    return "done"

g = echo()
print(next(g))  # expect: None
print(g.send("a"), g.send("b"))  # expect: a b
try:
    g.send("stop")
except StopIteration as e:
    print(e.value)  # expect: done
g = echo()
try:
    g.send(1)
except TypeError as e:
    print(e)  # expect: can't send non-None value to a just-started generator
