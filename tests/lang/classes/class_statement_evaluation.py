# Bases and keywords are evaluated first, then the body, then decorators are applied.
def say(x, value=None):
    print(x, end=" ")
    return value
def deco(name):
    say("make-" + name)
    def apply(c):
        say("apply-" + name)
        return c
    return apply
@deco("one")
@deco("two")
class C(say("base", object)):
    say("body")
# expect: make-one make-two base body apply-two apply-one
print()
