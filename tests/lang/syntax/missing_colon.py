# A compound statement needs its colon.
if True
    x = 1
# expect stderr:   File "missing_colon.py", line 2
# expect stderr:     if True
# expect stderr:            ^
# expect stderr: SyntaxError: expected ':'
# expect exit: 1
