# A bytearray that grows.
b = bytearray()
for i in range(100): b.append(i)
b[2:5] = b'long enough'
print(len(b))  # expect: 108
