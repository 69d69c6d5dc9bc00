# assert raises AssertionError with the message, if there is one.
assert True, 1 / 0
try:
    assert 0
except AssertionError as e:
    print(e.args)  # expect: ()
try:
    assert [], ("a", "tuple")
except AssertionError as e:
    print(e.args)  # expect: (('a', 'tuple'),)
assert 1 > 2, "not so"  # expect error: AssertionError: not so
