# Identifiers may be of any letters and are normalised.
größe = 1
ﬁn = 2
print(größe, fin, "fin" in globals(), "ﬁn" in globals())  # expect: 1 2 True False
ª = 5
print(a)  # expect: 5
class Ü:
    ä = "ä"
print(Ü.ä, Ü.__name__)  # expect: ä Ü
print("x1".isidentifier(), "1x".isidentifier(), "é".isidentifier(), "a-b".isidentifier())  # expect: True False True False
