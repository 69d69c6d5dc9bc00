# Strings of every width.
s = 'a' + 'é' + '€' + chr(128512)
print(ascii(s * 3), len(s))  # expect: 'a\xe9\u20ac\U0001f600a\xe9\u20ac\U0001f600a\xe9\u20ac\U0001f600' 4
