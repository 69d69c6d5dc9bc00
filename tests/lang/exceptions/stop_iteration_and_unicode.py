# Exceptions with attributes of their own.
print(StopIteration(5).value, SystemExit(2).code, ImportError("m", name="n", path="p").name)  # expect: 5 2 n
try:
    b"\xff".decode()
except UnicodeDecodeError as e:
    print(e, e.encoding, e.object, e.start, e.end, e.reason)  # expect: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte utf-8 b'\xff' 0 1 invalid start byte
try:
    "é".encode("ascii")
except UnicodeEncodeError as e:
    print(e)  # expect: 'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)
try:
    name
except NameError as e:
    print(e.name)  # expect: name
try:
    [].x
except AttributeError as e:
    print(e.name, e.obj)  # expect: x []
