# No carets where the whole line is what failed.
def f():
    raise KeyError("k")

f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "carets_whole_line.py", line 5, in <module>
# expect stderr:     f()
# expect stderr:   File "carets_whole_line.py", line 3, in f
# expect stderr:     raise KeyError("k")
# expect stderr: KeyError: 'k'
# expect exit: 1
