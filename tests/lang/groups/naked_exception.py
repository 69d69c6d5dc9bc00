# except* wraps an exception that is no group.
try:
    raise ValueError("plain")
except* ValueError as e:
    print(repr(e))  # expect: ExceptionGroup('', (ValueError('plain'),))
try:
    try:
        raise KeyError("k")
    except* ValueError:
        print("never")
except KeyError as e:
    print("unchanged", repr(e))  # expect: unchanged KeyError('k')
