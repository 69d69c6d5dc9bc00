# A closing bracket without an opening one.
x = 1)
# expect stderr:   File "unmatched_bracket.py", line 2
# expect stderr:     x = 1)
# expect stderr:          ^
# expect stderr: SyntaxError: unmatched ')'
# expect exit: 1
