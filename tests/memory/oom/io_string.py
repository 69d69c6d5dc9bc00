# Text and bytes in memory.
import io
s = io.StringIO()
print('a', 1, file=s)
b = io.BytesIO(b'x\ny')
print(repr(s.getvalue()), b.readlines())  # expect: 'a 1\n' [b'x\n', b'y']
