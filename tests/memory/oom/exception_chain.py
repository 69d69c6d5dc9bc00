# Chained exceptions.
try:
    try:
        {}['k']
    except KeyError as e:
        raise ValueError('v') from e
except ValueError as e:
    print(repr(e), repr(e.__cause__), e.__traceback__.tb_lineno)  # expect: ValueError('v') KeyError('k') 6
