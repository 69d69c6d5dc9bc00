# Two closures share one variable; a deleted one can be bound again.
def pair():
    value = "first"
    def get():
        return value
    def set(new):
        nonlocal value
        value = new
    return get, set

get, set = pair()
set("second")
print(get())  # expect: second
print(get.__closure__[0] is set.__closure__[0])  # expect: True
set.__closure__[0].cell_contents = "third"
print(get())  # expect: third
del set.__closure__[0].cell_contents
try:
    get()
except NameError as e:
    print(e)  # expect: cannot access free variable 'value' where it is not associated with a value in enclosing scope
