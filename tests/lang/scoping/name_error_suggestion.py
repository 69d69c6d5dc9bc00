# A NameError suggests a name that is close.
number = 1

def f():
    print(nunber)

f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "name_error_suggestion.py", line 7, in <module>
# expect stderr:     f()
# expect stderr:   File "name_error_suggestion.py", line 5, in f
# expect stderr:     print(nunber)
# expect stderr:           ^^^^^^
# expect stderr: NameError: name 'nunber' is not defined. Did you mean: 'number'?
# expect exit: 1
