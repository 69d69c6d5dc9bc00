# Complex numbers.
print((1 + 2j) * (3 - 1j), abs(3 + 4j))  # expect: (5+5j) 5.0
