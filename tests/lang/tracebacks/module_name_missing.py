# A NameError with the name of a standard module suggests to import it.
def f():
    return math.sin(1)

f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "module_name_missing.py", line 5, in <module>
# expect stderr:     f()
# expect stderr:   File "module_name_missing.py", line 3, in f
# expect stderr:     return math.sin(1)
# expect stderr:            ^^^^
# expect stderr: NameError: name 'math' is not defined
# expect exit: 1
