# A name without a value raises before the calls to its right.
def f():
    print("never")
def g():
    try:
        return x + f()
    except UnboundLocalError as e:
        print(e)
    x = 1
g()  # expect: cannot access local variable 'x' where it is not associated with a value
