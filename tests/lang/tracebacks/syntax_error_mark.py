# The mark under the line of a SyntaxError ends with the line, wherever the error says it ends.
raise SyntaxError("bad", ("bad.py", 1, 2, "abcdefg", 1, 100))
# expect exit: 1
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "syntax_error_mark.py", line 2, in <module>
# expect stderr:     raise SyntaxError("bad", ("bad.py", 1, 2, "abcdefg", 1, 100))
# expect stderr:   File "bad.py", line 1
# expect stderr:     abcdefg
# expect stderr:      ^^^^^^
# expect stderr: SyntaxError: bad
