# Comparison among ints, bools and floats is exact.
print(1 == 1.0 == True, 2 ** 53 + 1 == float(2 ** 53 + 1), 2 ** 53 + 1 > float(2 ** 53), 10 ** 400 > 1e308, 10 ** 400 < float("inf"))  # expect: True False True True True
print(1 < float("nan"), 1 == float("nan"), -10 ** 400 > -float("inf"), 3 < 3.5 < 4)  # expect: False False True True
print(2 ** 63 == 2.0 ** 63, 2 ** 63 - 1 == 2.0 ** 63, 2 ** 63 - 1 < 2.0 ** 63)  # expect: True False True
try:
    1 < "a"
except TypeError as e:
    print(e)  # expect: '<' not supported between instances of 'int' and 'str'
print(1 == "1", 1 != "1")  # expect: False True
