# True and False are the ints 1 and 0.
print(True + True, True * 5, -True, ~True, True / 2, True << 3, sum([True, False, True]))  # expect: 2 5 -1 -2 0.5 8 2
print(True & False, True | False, True ^ True, type(True & False), type(True & 1), True & 3)  # expect: False True False <class 'bool'> <class 'int'> 1
print(isinstance(True, int), bool.__mro__, str(True), repr(False), int(True), True == 1, {1: "a"}[True])  # expect: True (<class 'bool'>, <class 'int'>, <class 'object'>) True False 1 True a
print(f"{True} {True:d} {True:5}|", "%s %d" % (True, True), [10, 20][True])  # expect: True 1     1| True 1 20
try:
    class B(bool): pass
except TypeError as e:
    print(e)  # expect: type 'bool' is not an acceptable base type
