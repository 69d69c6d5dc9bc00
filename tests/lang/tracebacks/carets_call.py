# Carets show the failing call.
def g(x):
    raise ValueError(x)

def f():
    return [1, g("inner" + "text"), 2]

f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "carets_call.py", line 8, in <module>
# expect stderr:     f()
# expect stderr:   File "carets_call.py", line 6, in f
# expect stderr:     return [1, g("inner" + "text"), 2]
# expect stderr:                ^^^^^^^^^^^^^^^^^^^
# expect stderr:   File "carets_call.py", line 3, in g
# expect stderr:     raise ValueError(x)
# expect stderr: ValueError: innertext
# expect exit: 1
