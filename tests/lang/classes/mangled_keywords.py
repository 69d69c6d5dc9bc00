# A keyword of a call is not mangled, unlike the parameter that it would fill.
class C:
    def call(self):
        return dict(__a=1), dict(**{}, __b=2)

    def method(self, *, __c=0):
        return __c

    def wrong(self):
        return self.method(__c=1)


print(C().call())               # expect: ({'__a': 1}, {'__b': 2})
print(C().method(_C__c=3))      # expect: 3
try:
    C().wrong()
except TypeError as e:
    print(e)                    # expect: C.method() got an unexpected keyword argument '__c'
