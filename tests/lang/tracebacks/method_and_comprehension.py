# Frames are named by the function alone.
class A:
    def method(self):
        return [self.other(x) for x in (1,)]
    def other(self, x):
        return (lambda y: y / 0)(x)

A().method()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "method_and_comprehension.py", line 8, in <module>
# expect stderr:     A().method()
# expect stderr:   File "method_and_comprehension.py", line 4, in method
# expect stderr:     return [self.other(x) for x in (1,)]
# expect stderr:            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
# expect stderr:   File "method_and_comprehension.py", line 4, in <listcomp>
# expect stderr:     return [self.other(x) for x in (1,)]
# expect stderr:             ^^^^^^^^^^^^^
# expect stderr:   File "method_and_comprehension.py", line 6, in other
# expect stderr:     return (lambda y: y / 0)(x)
# expect stderr:            ^^^^^^^^^^^^^^^^^^^^
# expect stderr:   File "method_and_comprehension.py", line 6, in <lambda>
# expect stderr:     return (lambda y: y / 0)(x)
# expect stderr:                       ~~^~~
# expect stderr: ZeroDivisionError: division by zero
# expect exit: 1
