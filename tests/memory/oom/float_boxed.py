# Floats of rare exponents.
print(1e300 * 2, 5e-324, [x * 1e200 for x in (1.5, 2.5)])  # expect: 2e+300 5e-324 [1.5e+200, 2.4999999999999998e+200]
