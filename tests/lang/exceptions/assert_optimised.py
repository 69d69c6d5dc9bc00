# With -O assert does nothing and __debug__ is False.
# options: -O
assert False, "never"
print(__debug__)  # expect: False
