# None, NotImplemented and Ellipsis.
print(None, NotImplemented, ..., type(None), type(...), type(NotImplemented), None == None, bool(None), repr(Ellipsis), type(None)() is None)  # expect: None NotImplemented Ellipsis <class 'NoneType'> <class 'ellipsis'> <class 'NotImplementedType'> True False Ellipsis True
n = None
for f in (lambda: n(), lambda: None + 1, lambda: None.x, lambda: n[0], lambda: type(None)(1), lambda: iter(None), lambda: len(None), lambda: None < None):
    try:
        f()
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: TypeError 'NoneType' object is not callable
        # expect: TypeError unsupported operand type(s) for +: 'NoneType' and 'int'
        # expect: AttributeError 'NoneType' object has no attribute 'x'
        # expect: TypeError 'NoneType' object is not subscriptable
        # expect: TypeError NoneType takes no arguments
        # expect: TypeError 'NoneType' object is not iterable
        # expect: TypeError object of type 'NoneType' has no len()
        # expect: TypeError '<' not supported between instances of 'NoneType' and 'NoneType'
for name in ("None", "True", "..."):
    try:
        exec(name + " = 1")
    except SyntaxError as e:
        print(e.msg)  # expect: cannot assign to None
        # expect: cannot assign to True
        # expect: cannot assign to ellipsis here. Maybe you meant '==' instead of '='?
