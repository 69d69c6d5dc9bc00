# Directories, files and processes by the functions of posix.
import posix
folder = posix.environ.get(b"TMPDIR", b"/tmp").decode() + "/oom-%d" % posix.getpid()
posix.mkdir(folder)
try:
    fd = posix.open(folder + "/file", posix.O_CREAT | posix.O_RDWR)
    print(posix.write(fd, b"text"), posix.pread(fd, 2, 1), posix.fstat(fd).st_size)  # expect: 4 b'ex' 4
    posix.close(fd)
    with posix.scandir(folder) as entries:
        print([(e.name, e.is_file()) for e in entries], posix.listdir(folder))  # expect: [('file', True)] ['file']
finally:
    for name in posix.listdir(folder):
        posix.unlink(folder + "/" + name)
    posix.rmdir(folder)
try:
    posix.stat(folder)
except FileNotFoundError as e:
    print(e.strerror, e.filename == folder)  # expect: No such file or directory True
