# An East Asian codec is made and used.
import codecs
encoder = codecs.getincrementalencoder("iso2022_kr")()
print(encoder.encode("한a") + encoder.encode("", True))  # expect: b'\x1b$)C\x0eGQ\x0fa'
print("한".encode("euc_kr").decode("cp949"))             # expect: 한
