# Sorting with a key.
print(sorted(['bb', 'a', 'ccc'], key=len, reverse=True))  # expect: ['ccc', 'bb', 'a']
