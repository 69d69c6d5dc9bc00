# The result of an operator has the type of its left operand.
print(type({1} | frozenset([2])), type(frozenset([1]) | {2}), type(frozenset([1]).union([2])))  # expect: <class 'set'> <class 'frozenset'> <class 'frozenset'>
f = frozenset([1])
print(frozenset(f) is f, f.copy() is f)  # expect: True True
class S(set): pass
print(type(S([1]) | {2}), type(S([1]).copy()), repr(S([1])), repr(S()))  # expect: <class 'set'> <class 'set'> S({1}) S()
x = f
x |= {2}
print(type(x), f)  # expect: <class 'frozenset'> frozenset({1})
