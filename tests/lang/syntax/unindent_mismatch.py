# A line must go back to a level that there was.
if True:
        x = 1
    y = 2
# expect stderr:   File "unindent_mismatch.py", line 4
# expect stderr:     y = 2
# expect stderr:          ^
# expect stderr: IndentationError: unindent does not match any outer indentation level
# expect exit: 1
