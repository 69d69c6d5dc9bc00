# An exception in a comprehension leaves the variables around it alone.
x = "kept"
try:
    [1 // x for x in (2, 1, 0)]
except ZeroDivisionError as e:
    print(e, x)  # expect: integer division or modulo by zero kept
try:
    {[]: 1 for _ in range(1)}
except TypeError as e:
    print(e)  # expect: unhashable type: 'list'
try:
    [x for x in 5]
except TypeError as e:
    print(e)  # expect: 'int' object is not iterable
