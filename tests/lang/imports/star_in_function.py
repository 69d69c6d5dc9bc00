# import * stands at module level only.
def f():
    from os import *  # expect error: SyntaxError: import * only allowed at module level
