# A memoryview and its slices.
m = memoryview(bytearray(b'abcdef'))
print(bytes(m[1:4]), m.tolist()[:2])  # expect: b'bcd' [97, 98]
