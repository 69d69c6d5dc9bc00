# A syntax error in an imported module names its file.
import package.syntax
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "syntax_error_in_module.py", line 2, in <module>
# expect stderr:     import package.syntax
# expect stderr:   File "package/syntax.py", line 2
# expect stderr:     y = = 2
# expect stderr:         ^
# expect stderr: SyntaxError: invalid syntax
# expect exit: 1
