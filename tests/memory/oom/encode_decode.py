# Encoding and decoding.
print('aé'.encode(), b'a\xff'.decode('utf-8', 'replace') == 'a\ufffd')  # expect: b'a\xc3\xa9' True
