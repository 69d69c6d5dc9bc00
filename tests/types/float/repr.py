# The shortest text that reads back as the same float.
for x in (0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, 5e-324, 1.7976931348623157e308, -0.0, 0.0, 1e22, 2.5, 100.0, float("inf"), -float("inf"), float("nan"), 0.1 + 0.2):
    print(x)  # expect: 0.1
    # expect: 0.3333333333333333
    # expect: 1e+16
    # expect: 1000000000000000.0
    # expect: 1.2345678901234568e+17
    # expect: 1e-05
    # expect: 0.0001
    # expect: 5e-324
    # expect: 1.7976931348623157e+308
    # expect: -0.0
    # expect: 0.0
    # expect: 1e+22
    # expect: 2.5
    # expect: 100.0
    # expect: inf
    # expect: -inf
    # expect: nan
    # expect: 0.30000000000000004
print(float("1e400"), float("-1e400"), 1e308 * 10, float("1e-400"))  # expect: inf -inf inf 0.0
