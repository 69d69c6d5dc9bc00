# A package for the tests of import.
__all__ = ["exported"]
exported = "exported"
hidden = "hidden"
