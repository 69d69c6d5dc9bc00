# What stars in calls refuse.
def f(**kw): pass
def attempt(call):
    try:
        call()
    except TypeError as e:
        print(e)
attempt(lambda: f(*5))  # expect: __main__.f() argument after * must be an iterable, not int
attempt(lambda: f(**5))  # expect: __main__.f() argument after ** must be a mapping, not int
attempt(lambda: f(**{1: 2}))  # expect: keywords must be strings
attempt(lambda: f(a=1, **{"a": 2}))  # expect: __main__.f() got multiple values for keyword argument 'a'
attempt(lambda: f(**{"a": 1}, **{"a": 2}))  # expect: __main__.f() got multiple values for keyword argument 'a'
attempt(lambda: {**[1]})  # expect: 'list' object is not a mapping
attempt(lambda: [*1])  # expect: Value after * must be an iterable, not int
attempt(lambda: print(*None))  # expect: print() argument after * must be an iterable, not NoneType
