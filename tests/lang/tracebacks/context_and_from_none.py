# from None hides the context.
try:
    1 / 0
except ZeroDivisionError:
    raise ValueError("only this") from None
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "context_and_from_none.py", line 5, in <module>
# expect stderr:     raise ValueError("only this") from None
# expect stderr: ValueError: only this
# expect exit: 1
