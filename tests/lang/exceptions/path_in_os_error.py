# An OSError names the file as text, whatever object named it.
import os
import pathlib
place = pathlib.Path("/no/such/place")
for call in (os.mkdir, os.rmdir, os.unlink, os.stat, os.listdir, os.scandir, os.chdir, pathlib.Path.mkdir, open):
    try:
        call(place)
    except OSError as e:
        print(e)
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
# expect: [Errno 2] No such file or directory: '/no/such/place'
try:
    os.rename(place, pathlib.Path("/other"))
except OSError as e:
    print(e, repr(e.filename), repr(e.filename2))
    # expect: [Errno 2] No such file or directory: '/no/such/place' -> '/other' '/no/such/place' '/other'
class Narrow:
    def __fspath__(self): return b"/no/such/place"
try:
    os.rmdir(Narrow())
except OSError as e:
    print(e)  # expect: [Errno 2] No such file or directory: b'/no/such/place'
print(type(os.listdir(b"/")[0]).__name__)  # expect: bytes
