# Bytes to text and back: binascii, zlib, hashes, codecs and their errors.
import binascii, _codecs, zlib, _hashlib
data = bytes(range(256)) * 8
print(binascii.a2b_base64(binascii.b2a_base64(data)) == data, binascii.hexlify(data[:3], ":"), binascii.crc32(data))  # expect: True b'00:01:02' 2673794392
packed = zlib.compress(data, 9)
stream = zlib.decompressobj()
print(stream.decompress(packed, 100)[-1], len(stream.decompress(stream.unconsumed_tail)), stream.eof)  # expect: 99 1948 True
h = _hashlib.new("sha256", data)
print(h.hexdigest()[:8], h.copy().digest() == h.digest())  # expect: 10fc3c51 True
for coding in ("utf-8", "utf-16", "latin-1", "unicode_escape", "utf-7", "cp1252"):
    print(_codecs.decode(_codecs.encode("é\u20ac\U0001f600", coding, "backslashreplace"), coding, "replace"))
# expect: é€😀
# expect: é€😀
# expect: é\u20ac\U0001f600
# expect: é€😀
# expect: é€😀
# expect: é€\U0001f600
try:
    "é".encode("ascii")
except UnicodeEncodeError as e:
    print(e)  # expect: 'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)
