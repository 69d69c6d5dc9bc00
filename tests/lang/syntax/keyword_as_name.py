# A keyword is no name.
class = 1
# expect stderr:   File "keyword_as_name.py", line 2
# expect stderr:     class = 1
# expect stderr:           ^
# expect stderr: SyntaxError: invalid syntax
# expect exit: 1
