# A NameError in a method.
class A:
    def f(self):
        return sel

a = A()
a.f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "name_error_self.py", line 7, in <module>
# expect stderr:     a.f()
# expect stderr:   File "name_error_self.py", line 4, in f
# expect stderr:     return sel
# expect stderr:            ^^^
# expect stderr: NameError: name 'sel' is not defined. Did you mean: 'self'?
# expect exit: 1
