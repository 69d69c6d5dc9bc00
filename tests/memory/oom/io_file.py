# A file written and read.
import os
name = os.environ.get('TMPDIR', '/tmp') + '/ounce-oom-%d' % os.getpid()
try:
    with open(name, 'w') as f:
        for i in range(20): f.write('line %d\n' % i)
    with open(name) as f:
        n = len(f.readlines())
finally:
    if os.path.exists(name): os.remove(name)
print(n)  # expect: 20
