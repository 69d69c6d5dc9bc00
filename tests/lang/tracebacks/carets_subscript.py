# Carets show the failing subscript.
data = {"a": {"b": [1, 2]}}
print(data["a"]["b"][7] + 1)
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "carets_subscript.py", line 3, in <module>
# expect stderr:     print(data["a"]["b"][7] + 1)
# expect stderr:           ~~~~~~~~~~~~~~^^^
# expect stderr: IndexError: list index out of range
# expect exit: 1
