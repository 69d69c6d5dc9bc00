# send, throw and close.
def g():
    try:
        while True:
            x = yield
            print('got', x)
    except ValueError:
        yield 'thrown'
i = g()
next(i)
i.send(1)  # expect: got 1
print(i.throw(ValueError))  # expect: thrown
i.close()
