# A character of a str by an int: every width, both ends, and what is no plain str or no plain int.
class Text(str):
    def __getitem__(self, key):
        return ("own", key)


class Plain(str):
    pass


def at(text, key):
    return text[key]


def show(text, key):
    try:
        print(ascii(at(text, key)))
    except (IndexError, TypeError) as error:
        print(type(error).__name__, error)


for text in ("abc", "a\xe9", "a\u20ac", "a\U0001f600", "", Plain("xy"), Text("xy"), [1, 2], (3,)):
    for key in (0, 1, -1, -3, 5, True, 1 << 70, 1.0):
        show(text, key)
# expect: 'a'
# expect: 'b'
# expect: 'c'
# expect: 'a'
# expect: IndexError string index out of range
# expect: 'b'
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: 'a'
# expect: '\xe9'
# expect: '\xe9'
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: '\xe9'
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: 'a'
# expect: '\u20ac'
# expect: '\u20ac'
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: '\u20ac'
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: 'a'
# expect: '\U0001f600'
# expect: '\U0001f600'
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: '\U0001f600'
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: 'x'
# expect: 'y'
# expect: 'y'
# expect: IndexError string index out of range
# expect: IndexError string index out of range
# expect: 'y'
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError string indices must be integers, not 'float'
# expect: ('own', 0)
# expect: ('own', 1)
# expect: ('own', -1)
# expect: ('own', -3)
# expect: ('own', 5)
# expect: ('own', True)
# expect: ('own', 1180591620717411303424)
# expect: ('own', 1.0)
# expect: 1
# expect: 2
# expect: 2
# expect: IndexError list index out of range
# expect: IndexError list index out of range
# expect: 2
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError list indices must be integers or slices, not float
# expect: 3
# expect: IndexError tuple index out of range
# expect: 3
# expect: IndexError tuple index out of range
# expect: IndexError tuple index out of range
# expect: IndexError tuple index out of range
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError tuple indices must be integers or slices, not float

print("abc"[1] + ("x" + "yz")[2] + "abc"[-1])   # expect: bzc
print([word[0] for word in ("one", "two")])     # expect: ['o', 't']
