# Generators are thrown into, closed, delegated to, and left suspended.
def inner():
    try:
        while True:
            got = yield
            print("got", got)
    except ValueError as e:
        yield f"caught {e}"
    finally:
        print("inner ends")
def outer():
    with open("/dev/null") as file:
        result = yield from inner()
    return result
g = outer()
next(g)
g.send([1])  # expect: got [1]
print(g.throw(ValueError("v")))  # expect: caught v
g.close()  # expect: inner ends
left = [outer() for _ in range(3)]
for g in left:
    next(g)
del g, left
# expect: inner ends
# expect: inner ends
# expect: inner ends
def many():
    a, b, c = [1], [2], [3]
    yield (x for x in (yield from (y for y in a)) or b + c)
print([type(x).__name__ for x in many()], sum(n * n for n in range(50)))  # expect: ['int', 'generator'] 40425
