# Methods of builtin types: descriptors, bound and unbound.
print(str.upper, "a".upper.__name__, [].append.__self__, str.upper.__objclass__, int.__add__, (1).__add__(2), list.append.__qualname__)  # expect: <method 'upper' of 'str' objects> upper [] <class 'str'> <slot wrapper '__add__' of 'int' objects> 3 list.append
print(str.upper("a"), list.__len__([1]), int.__lt__(1, 2), (1).__eq__("a"), [].append == [].append, len.__self__.__name__, len.__name__)  # expect: A 1 True NotImplemented False builtins len
print(str.__text_signature__ if hasattr(str, "__text_signature__") else None, len.__text_signature__, list.append.__text_signature__)  # expect: None ($module, obj, /) ($self, object, /)
for f in (lambda: str.upper(1), lambda: str.upper(), lambda: list.__len__(1), lambda: (1).__add__(), lambda: int.__add__(1.0, 2), lambda: [].append.x):
    try:
        f()
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: TypeError descriptor 'upper' for 'str' objects doesn't apply to a 'int' object
        # expect: TypeError unbound method str.upper() needs an argument
        # expect: TypeError descriptor '__len__' requires a 'list' object but received a 'int'
        # expect: TypeError expected 1 argument, got 0
        # expect: TypeError descriptor '__add__' requires a 'int' object but received a 'float'
        # expect: AttributeError 'builtin_function_or_method' object has no attribute 'x'
