# A modifier letter is cased: title() maps it as the first of a word and goes on with small ones.
print(ascii("\u02b0abc".title()), ascii("\u00aaB".title()))     # expect: '\u02b0abc' '\xaab'
print(ascii("x\u02b0ABC d".title()))    # expect: 'X\u02b0abc D'
print("\u02b0Abc".istitle(), "\u02b0abc".istitle(), "A\u02b0b".istitle())   # expect: False False True
# They are ignored where the end of a word is looked for.
print(ascii("A\u03a3\u02b0".lower()), ascii("A\u03a3\u02b0b".lower()), ascii("\u02b0\u03a3".lower()))    # expect: 'a\u03c2\u02b0' 'a\u03c3\u02b0b' '\u02b0\u03c3'
