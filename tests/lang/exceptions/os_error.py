# OSError picks its subclass by the error number.
import errno
for args in [(2, "No such file"), (errno.EACCES, "denied", "file"), (errno.EEXIST, "e", "a", None, "b"), ("one",), (9999, "x")]:
    e = OSError(*args)
    print(type(e).__name__, e.errno, e.strerror, e.filename, e.filename2, "|", e)  # expect: FileNotFoundError 2 No such file None None | [Errno 2] No such file
    # expect: PermissionError 13 denied file None | [Errno 13] denied: 'file'
    # expect: FileExistsError 17 e a b | [Errno 17] e: 'a' -> 'b'
    # expect: OSError None None None None | one
    # expect: OSError 9999 x None None | [Errno 9999] x
try:
    open("/no/such/file")
except FileNotFoundError as e:
    print(e, e.filename)  # expect: [Errno 2] No such file or directory: '/no/such/file' /no/such/file
