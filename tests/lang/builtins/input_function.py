# input reads a line without its end, and raises EOFError at the end.
# stdin: first line
# stdin:  second
print(repr(input()))  # expect: 'first line'
print(repr(input("prompt> ")))  # expect: prompt> ' second'
try:
    input()
except EOFError as e:
    print(e)  # expect: EOF when reading a line
