# Two expressions beside each other.
x = [1, 2 3]
# expect stderr:   File "missing_comma.py", line 2
# expect stderr:     x = [1, 2 3]
# expect stderr:             ^^^
# expect stderr: SyntaxError: invalid syntax. Perhaps you forgot a comma?
# expect exit: 1
