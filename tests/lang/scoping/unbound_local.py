# A name that a function assigns anywhere is local everywhere in it.
x = "global"

def f():
    try:
        print(x)
    except UnboundLocalError as e:
        print(e)
    x = 1

f()  # expect: cannot access local variable 'x' where it is not associated with a value

def g():
    del y

    y = 1

try:
    g()
except UnboundLocalError as e:
    print(e)  # expect: cannot access local variable 'y' where it is not associated with a value
