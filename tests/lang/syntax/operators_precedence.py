# Precedence and associativity.
print(2 ** 3 ** 2, -2 ** 2, 2 ** -1, (-2) ** 2)  # expect: 512 -4 0.5 4
print(1 + 2 * 3 % 4 - 5 // 2, 7 // -2, -7 % 3, 7 % -3)  # expect: 1 -4 2 -2
print(1 | 2 ^ 3 & 4 << 1 + 1, ~1 + 2, not 1 == 2)  # expect: 3 0 True
print(1 < 2 == True, (1 < 2) == True, 1 if 0 else 2 if 0 else 3)  # expect: False True 3
print(not True or True and False, 3 - 2 - 1, 100 / 10 / 2)  # expect: False 0 5.0
print(lambda: 1 if 0 else 2, sep="") if 0 else print((lambda: 1 if 0 else 2)())  # expect: 2
print(await_ := 3, *[1] or [2])  # expect: 3 1
