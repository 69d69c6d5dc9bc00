# A block must be indented.
def f():
x = 1
# expect stderr:   File "indentation_expected.py", line 3
# expect stderr:     x = 1
# expect stderr:     ^
# expect stderr: IndentationError: expected an indented block after function definition on line 2
# expect exit: 1
