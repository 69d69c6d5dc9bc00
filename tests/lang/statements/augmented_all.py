# All augmented assignments.
x = 10
x += 5; print(x)  # expect: 15
x -= 3; print(x)  # expect: 12
x *= 2; print(x)  # expect: 24
x //= 5; print(x)  # expect: 4
x **= 3; print(x)  # expect: 64
x %= 50; print(x)  # expect: 14
x <<= 4; print(x)  # expect: 224
x >>= 2; print(x)  # expect: 56
x &= 0xF0; print(x)  # expect: 48
x |= 1; print(x)  # expect: 49
x ^= 0xFF; print(x)  # expect: 206
x /= 4; print(x)  # expect: 51.5
l = [1]; l += (2,); l *= 2; print(l)  # expect: [1, 2, 1, 2]
s = {1, 2}; s |= {3}; s -= {1}; s ^= {9}; print(sorted(s))  # expect: [2, 3, 9]
try:
    x @= 1
except TypeError as e:
    print(e)  # expect: unsupported operand type(s) for @=: 'float' and 'int'
