# The encodings of East Asia: bytes and states as they are written there, errors with their places.
import codecs
import io

text = "日本語 テキスト"
for name in ("shift_jis", "euc_jp", "iso2022_jp", "cp932", "gb18030", "euc_kr", "big5", "hz"):
    raw = text.encode(name, "replace")
    print(name, raw.hex(), raw.decode(name) == text)
# expect: shift_jis 93fa967b8cea208365834c83588367 True
# expect: euc_jp c6fccbdcb8ec20a5c6a5ada5b9a5c8 True
# expect: iso2022_jp 1b2442467c4b5c386c1b2842201b24422546252d253925481b2842 True
# expect: cp932 93fa967b8cea208365834c83588367 True
# expect: gb18030 c8d5b1bed55a20a5c6a5ada5b9a5c8 True
# expect: euc_kr eceddce2e5de20abc6abadabb9abc8 True
# expect: big5 a4e9a5bbbb7920c75ec745c751c760 True
# expect: hz 7e7b4855313e7e7d3f207e7b2546252d253925487e7d False


def say(call, *arguments):
    try:
        print(call(*arguments))
    except UnicodeError as error:
        print(error)


say("a\u0e01b".encode, "cp949")         # expect: 'cp949' codec can't encode character '\u0e01' in position 1: illegal multibyte sequence
say("a\u0e01b".encode, "cp949", "xmlcharrefreplace")    # expect: b'a&#3585;b'
say(b"ab\x81".decode, "shift_jis")      # expect: 'shift_jis' codec can't decode byte 0x81 in position 2: incomplete multibyte sequence
say(b"a\x81 b".decode, "shift_jis")     # expect: 'shift_jis' codec can't decode byte 0x81 in position 1: illegal multibyte sequence
say(b"a\x81 b".decode, "shift_jis", "replace")          # expect: a� b
print("\ud790\U0001f600\xac".encode("gb18030"))         # expect: b'\x836\xbc7\x949\xfc6\x810\x851'
print("\ud790".encode("euc_kr"))        # expect: b'\xc8\xfa'

# A letter may wait for its mark, and a first byte for its second.
encoder = codecs.getincrementalencoder("euc_jis_2004")()
print([encoder.encode(c) for c in "か\u309aか"], encoder.getstate(), encoder.encode("", True))
# expect: [b'', b'\xa4\xf7', b''] 2340545283 b'\xa4\xab'
decoder = codecs.getincrementaldecoder("iso2022_jp")()
print([decoder.decode(bytes([b])) for b in b"\x1b$BF|"], decoder.getstate())
# expect: ['', '', '', '', '日'] (b'', 4342466)
file = io.TextIOWrapper(io.BytesIO(), "euc_kr", newline="")
file.write("한국어\n글")
file.seek(0)
print(file.readline(), file.tell(), file.buffer.getvalue())
# expect: 한국어
# expect:  7 b'\xc7\xd1\xb1\xb9\xbe\xee\n\xb1\xdb'
