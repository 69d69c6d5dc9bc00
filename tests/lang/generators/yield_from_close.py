# close reaches the innermost generator first.
def level(n):
    try:
        if n:
            yield from level(n - 1)
        else:
            yield "deep"
    finally:
        print("leaving", n)

g = level(2)
print(next(g))  # expect: deep
g.close()  # expect: leaving 0
# expect: leaving 1
# expect: leaving 2
