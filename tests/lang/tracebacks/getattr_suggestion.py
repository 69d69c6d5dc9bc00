# An AttributeError of __getattr__ that says nothing of it gets the name and the object, for a suggestion.
class Silent:
    blech = None

    def __getattr__(self, name):
        raise AttributeError


class Speaking:
    def __getattr__(self, name):
        raise AttributeError("no", name="other")


try:
    Silent().bluch
except AttributeError as e:
    print(e.name, type(e.obj).__name__)  # expect: bluch Silent
try:
    Speaking().bluch
except AttributeError as e:
    print(e.name, e.obj)  # expect: other None
Silent().bluch
# expect exit: 1
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "getattr_suggestion.py", line 22, in <module>
# expect stderr:     Silent().bluch
# expect stderr:   File "getattr_suggestion.py", line 6, in __getattr__
# expect stderr:     raise AttributeError
# expect stderr: AttributeError. Did you mean: 'blech'?
