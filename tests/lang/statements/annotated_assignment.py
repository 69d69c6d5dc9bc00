# An annotated assignment without a value binds nothing.
def f():
    x: int
    try:
        x
    except UnboundLocalError as e:
        print(e)
f()  # expect: cannot access local variable 'x' where it is not associated with a value
y: int
try:
    y
except NameError as e:
    print(e)  # expect: name 'y' is not defined
class O: pass
o = O()
o.a: int = 5
o.b: "anything"
print(vars(o), __annotations__)  # expect: {'a': 5} {'y': <class 'int'>}
