# An error in __set_name__ is both the cause and the context of the RuntimeError that is made of it.
class Attribute:
    def __set_name__(self, owner, name):
        raise TypeError("two names")


try:
    class Owner:
        attribute = Attribute()
except RuntimeError as e:
    print(repr(e.__cause__), e.__context__ is e.__cause__)  # expect: TypeError('two names') True
