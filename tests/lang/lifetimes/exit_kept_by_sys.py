# A namespace that sys keeps alive is emptied at exit: names with one underscore first.
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self, print=print):
        print("gone:", self.name, Noisy)


sys.kept = sys.modules[__name__]
public = Noisy("public")
_private = Noisy("private")
__dunder = Noisy("two underscores")

# expect: gone: private <class '__main__.Noisy'>
# expect: gone: public None
# expect: gone: two underscores None
