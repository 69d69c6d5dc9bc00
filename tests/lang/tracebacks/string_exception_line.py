# Messages of several lines, empty messages and odd str methods.
import traceback
class Bad(Exception):
    def __str__(self): raise ValueError
class Mine(Exception): pass
for e in (ValueError("two\nlines"), ValueError(), ValueError(""), Bad(), Mine("m"), KeyError("k"), ValueError(1, 2)):
    print(traceback.format_exception_only(e))  # expect: ['ValueError: two\nlines\n']
    # expect: ['ValueError\n']
    # expect: ['ValueError\n']
    # expect: ['Bad: <exception str() failed>\n']
    # expect: ['Mine: m\n']
    # expect: ["KeyError: 'k'\n"]
    # expect: ['ValueError: (1, 2)\n']
