# A free variable that has no value yet raises NameError, with a message of its own.
def outer():
    def inner():
        return x
    try:
        inner()
    except NameError as e:
        print(type(e).__name__, e)
    x = 1
    print(inner())
    del x
    try:
        inner()
    except NameError as e:
        print(e)

outer()  # expect: NameError cannot access free variable 'x' where it is not associated with a value in enclosing scope
# expect: 1
# expect: cannot access free variable 'x' where it is not associated with a value in enclosing scope
