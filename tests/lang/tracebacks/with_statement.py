# An error in __enter__ or __exit__ shows the with statement.
class M:
    def __enter__(self): return self
    def __exit__(self, *a): raise KeyError("exit")

with M():
    x = 1
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "with_statement.py", line 6, in <module>
# expect stderr:     with M():
# expect stderr:   File "with_statement.py", line 4, in __exit__
# expect stderr:     def __exit__(self, *a): raise KeyError("exit")
# expect stderr:                             ^^^^^^^^^^^^^^^^^^^^^^
# expect stderr: KeyError: 'exit'
# expect exit: 1
