# The name of an except clause is deleted at its end, however it is left.
def f():
    e = "before"
    try:
        1 / 0
    except ZeroDivisionError as e:
        pass
    try:
        return e
    except UnboundLocalError as x:
        return str(x)

print(f())  # expect: cannot access local variable 'e' where it is not associated with a value
e = "global"
for _ in range(1):
    try:
        raise ValueError
    except ValueError as e:
        continue
print("e" in globals())  # expect: False
