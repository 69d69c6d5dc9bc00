# A program with one statement.
print("one")  # expect: one
