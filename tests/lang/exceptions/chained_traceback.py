# An uncaught exception prints what it was caused by first.
def f():
    try:
        {}["key"]
    except KeyError as e:
        raise ValueError("bad") from e

try:
    f()
except ValueError:
    raise RuntimeError("last")
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "chained_traceback.py", line 4, in f
# expect stderr:     {}["key"]
# expect stderr:     ~~^^^^^^^
# expect stderr: KeyError: 'key'
# expect stderr:
# expect stderr: The above exception was the direct cause of the following exception:
# expect stderr:
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "chained_traceback.py", line 9, in <module>
# expect stderr:     f()
# expect stderr:   File "chained_traceback.py", line 6, in f
# expect stderr:     raise ValueError("bad") from e
# expect stderr: ValueError: bad
# expect stderr:
# expect stderr: During handling of the above exception, another exception occurred:
# expect stderr:
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "chained_traceback.py", line 11, in <module>
# expect stderr:     raise RuntimeError("last")
# expect stderr: RuntimeError: last
# expect exit: 1
