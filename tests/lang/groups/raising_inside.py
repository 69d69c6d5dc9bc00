# What is raised in an except* joins what is left.
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError:
        raise KeyError("new")
    except* TypeError:
        raise
except ExceptionGroup as e:
    print(repr(e))  # expect: ExceptionGroup('', [KeyError('new'), ExceptionGroup('g', [TypeError(2), OSError(3)])])
    print([type(x).__name__ for x in e.exceptions])  # expect: ['KeyError', 'ExceptionGroup']
