# print as a statement gets a hint.
print "hello"
# expect stderr:   File "print_statement.py", line 2
# expect stderr:     print "hello"
# expect stderr:     ^^^^^^^^^^^^^
# expect stderr: SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?
# expect exit: 1
