# yield from hands send, throw and the return value through.
def inner():
    x = yield 1
    print("inner got", x)
    try:
        yield 2
    except ValueError as e:
        print("inner caught", e)
    return "result"

def outer():
    result = yield from inner()
    print("inner returned", result)
    yield from [10, 20]
    yield from ()

g = outer()
print(next(g))  # expect: 1
print(g.send("hello"))  # expect: inner got hello
# expect: 2
print(g.throw(ValueError("boo")))  # expect: inner caught boo
# expect: inner returned result
# expect: 10
print(list(g))  # expect: [20]
