# del removes the binding; the value lives on under other names.
a = b = [1]
del a
print(b)  # expect: [1]
try:
    a
except NameError as e:
    print(e)  # expect: name 'a' is not defined

def f():
    x = 1
    del x
    try:
        x
    except UnboundLocalError as e:
        print(e)
    x = 2
    return x

print(f())  # expect: cannot access local variable 'x' where it is not associated with a value
# expect: 2
