# A __future__ import stands first and names a feature that exists.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
attempt("'doc'\nfrom __future__ import division")  # expect: ok
attempt("x = 1\nfrom __future__ import division")  # expect: from __future__ imports must occur at the beginning of the file
attempt("from __future__ import braces")  # expect: not a chance
attempt("from __future__ import nested")  # expect: future feature nested is not defined
attempt("from __future__ import *")  # expect: future feature * is not defined
