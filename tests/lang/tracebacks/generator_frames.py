# A traceback goes through generators.
def g():
    yield 1
    raise ValueError("in g")

def h():
    yield from g()

for x in h():
    print(x, flush=True)  # expect: 1
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "generator_frames.py", line 9, in <module>
# expect stderr:     for x in h():
# expect stderr:   File "generator_frames.py", line 7, in h
# expect stderr:     yield from g()
# expect stderr:   File "generator_frames.py", line 4, in g
# expect stderr:     raise ValueError("in g")
# expect stderr: ValueError: in g
# expect exit: 1
