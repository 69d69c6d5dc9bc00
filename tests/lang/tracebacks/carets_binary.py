# Carets show the operator of a failing binary operation.
def f(a, b):
    return (a + 1) * (b / (a - a))

f(1, 2)
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "carets_binary.py", line 5, in <module>
# expect stderr:     f(1, 2)
# expect stderr:   File "carets_binary.py", line 3, in f
# expect stderr:     return (a + 1) * (b / (a - a))
# expect stderr:                       ~~^~~~~~~~~
# expect stderr: ZeroDivisionError: division by zero
# expect exit: 1
