# except*: groups are split, what is left goes on, raised again and nested.
def attempt(*errors):
    try:
        try:
            raise ExceptionGroup("outer", [ExceptionGroup("inner", list(errors)), OSError(5, "e")])
        except* (ValueError, TypeError) as group:
            print("taken", group.exceptions)
            raise
        except* KeyError as group:
            print("keys", len(group.exceptions))
            raise RuntimeError("new") from None
    except ExceptionGroup as left:
        if own := left.subgroup(MemoryError):
            raise own from None     # one of the body of an except*
        left.add_note("noted")
        print(left, [type(e).__name__ for e in left.exceptions], left.subgroup(OSError) is not None)
attempt(ValueError(1), KeyError(2))
# expect: taken (ExceptionGroup('inner', [ValueError(1)]),)
# expect: keys 1
# expect:  (2 sub-exceptions) ['RuntimeError', 'ExceptionGroup'] True
attempt(TypeError(1))
# expect: taken (ExceptionGroup('inner', [TypeError(1)]),)
# expect: outer (2 sub-exceptions) ['ExceptionGroup', 'OSError'] True
