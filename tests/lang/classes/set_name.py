# __set_name__ tells a descriptor its class and name, in order of definition.
class Field:
    def __set_name__(self, owner, name):
        print(owner.__name__, name)
        self.name = name

class C:
    b = Field()
    a = Field()
# expect: C b
# expect: C a

class Bad:
    def __set_name__(self, owner, name):
        1 / 0

try:
    class D:
        x = Bad()
except RuntimeError as e:
    print(e, repr(e.__cause__))  # expect: Error calling __set_name__ on 'Bad' instance 'x' in 'D' ZeroDivisionError('division by zero')
