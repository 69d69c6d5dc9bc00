# throw raises at the yield; the generator may handle it and go on.
def f():
    while True:
        try:
            yield "waiting"
        except ValueError as e:
            yield f"caught {e}"

g = f()
print(next(g))  # expect: waiting
print(g.throw(ValueError("x")))  # expect: caught x
print(next(g))  # expect: waiting
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print("out:", e)  # expect: out: 'k'
print(list(g))  # expect: []
print(g.throw(OSError("after the end")))  # expect error: OSError: after the end
