# At exit builtins is restored, then namespaces are finalised in their order, then sys is cleared.
import builtins
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self, print=print):
        print("gone:", self.name)


first = Noisy("first")
_private = Noisy("private")
second = Noisy("second")
builtins.added = Noisy("in builtins")
builtins._ = Noisy("the prompt's _")
sys.ps1 = Noisy("the prompt")


def refers_to_globals():
    return first


# expect: gone: the prompt's _
# expect: gone: the prompt
# expect: gone: in builtins
# expect: gone: first
# expect: gone: private
# expect: gone: second
