# An uncaught group is printed as a tree.
def f():
    raise ValueError("inner")
try:
    f()
except ValueError as e:
    inner = e
raise ExceptionGroup("outer", [inner, ExceptionGroup("nested", [KeyError("k")])])
# expect stderr:   + Exception Group Traceback (most recent call last):
# expect stderr:   |   File "uncaught.py", line 8, in <module>
# expect stderr:   |     raise ExceptionGroup("outer", [inner, ExceptionGroup("nested", [KeyError("k")])])
# expect stderr:   | ExceptionGroup: outer (2 sub-exceptions)
# expect stderr:   +-+---------------- 1 ----------------
# expect stderr:     | Traceback (most recent call last):
# expect stderr:     |   File "uncaught.py", line 5, in <module>
# expect stderr:     |     f()
# expect stderr:     |   File "uncaught.py", line 3, in f
# expect stderr:     |     raise ValueError("inner")
# expect stderr:     | ValueError: inner
# expect stderr:     +---------------- 2 ----------------
# expect stderr:     | ExceptionGroup: nested (1 sub-exception)
# expect stderr:     +-+---------------- 1 ----------------
# expect stderr:       | KeyError: 'k'
# expect stderr:       +------------------------------------
# expect exit: 1
