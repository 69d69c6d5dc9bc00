# args, str, repr, notes, traceback and with_traceback.
e = ValueError("a", 1)
print(e.args, str(e), repr(e), str(ValueError()), repr(ValueError("x")))  # expect: ('a', 1) ('a', 1) ValueError('a', 1)  ValueError('x')
e.add_note("first")
e.add_note("second")
print(e.__notes__)  # expect: ['first', 'second']
try:
    e.add_note(5)
except TypeError as x:
    print(x)  # expect: note must be a str, not 'int'
try:
    raise e
except ValueError as x:
    print(x.__traceback__.tb_lineno, x.__traceback__.tb_next)  # expect: 12 None
print(e.with_traceback(None).__traceback__)  # expect: None
print(KeyError("k"), KeyError("a", "b"))  # expect: 'k' ('a', 'b')
e.args = "ab"
print(e.args)  # expect: ('a', 'b')
