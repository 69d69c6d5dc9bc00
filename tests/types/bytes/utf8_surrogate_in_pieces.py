# A surrogate in UTF-8 that comes in pieces waits for its third byte, for the handler to see it whole.
import codecs

decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
print([decoder.decode(bytes([b])) for b in b"a\xed\xa0\x80b"])     # expect: ['a', '', '', '\ud800', 'b']
print(codecs.utf_8_decode(b"a\xed\xa0", "replace", False))          # expect: ('a', 1)
print(ascii(codecs.utf_8_decode(b"a\xed\xa0", "replace", True)))    # expect: ('a\ufffd\ufffd', 3)
print(ascii(codecs.utf_8_decode(b"a\xed\xa0x", "replace", False)))  # expect: ('a\ufffd\ufffdx', 4)
