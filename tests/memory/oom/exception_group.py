# Exception groups.
try:
    raise ExceptionGroup('g', [ValueError(1), KeyError(2)])
except* ValueError as e:
    print(e.exceptions)  # expect: (ValueError(1),)
except* KeyError as e:
    print(e.exceptions)  # expect: (KeyError(2),)
