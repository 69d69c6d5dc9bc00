# A closing bracket must fit the opening one.
x = [1, (2, 3]
# expect stderr:   File "mismatched_bracket.py", line 2
# expect stderr:     x = [1, (2, 3]
# expect stderr:                  ^
# expect stderr: SyntaxError: closing parenthesis ']' does not match opening parenthesis '('
# expect exit: 1
