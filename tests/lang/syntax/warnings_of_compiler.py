# What the compiler warns of.
import warnings
def attempt(text):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(text, "<text>", "exec")
    print([(w.category.__name__, str(w.message), w.lineno) for w in caught])
attempt("x is 1")  # expect: [('SyntaxWarning', '"is" with a literal. Did you mean "=="?', 1)]
attempt("x is not 'a'")  # expect: [('SyntaxWarning', '"is not" with a literal. Did you mean "!="?', 1)]
attempt("assert (x, 'm')")  # expect: [('SyntaxWarning', 'assertion is always true, perhaps remove parentheses?', 1)]
attempt("'\\d'")  # expect: [('DeprecationWarning', "invalid escape sequence '\\d'", 1)]
attempt("b'\\d'")  # expect: [('DeprecationWarning', "invalid escape sequence '\\d'", 1)]
attempt("1()")  # expect: [('SyntaxWarning', "'int' object is not callable; perhaps you missed a comma?", 1)]
attempt("'a'[1, 2]" )  # expect: [('SyntaxWarning', 'str indices must be integers or slices, not tuple; perhaps you missed a comma?', 1)]
attempt("[1][1.5]" )  # expect: [('SyntaxWarning', 'list indices must be integers or slices, not float; perhaps you missed a comma?', 1)]
attempt("[1](2)")  # expect: [('SyntaxWarning', "'list' object is not callable; perhaps you missed a comma?", 1)]
attempt("1if x else 2")  # expect: [('SyntaxWarning', 'invalid decimal literal', 1)]
attempt("0x1for x in y")  # expect: [('SyntaxWarning', 'invalid hexadecimal literal', 1)]
attempt("1 in[x]")  # expect: []
