# Strings joined.
s = ''
for i in range(30): s += str(i)
print(s, '-'.join(['a', 'b']))  # expect: 01234567891011121314151617181920212223242526272829 a-b
