"""unicodedata.ucd_3_2_0: the database as it was in Unicode 3.2, for string preparation."""
import stringprep
import unicodedata
import unittest
from unicodedata import ucd_3_2_0 as old


class Properties(unittest.TestCase):

    def check(self, method, character, today, then):
        self.assertEqual(getattr(unicodedata, method)(character), today)
        self.assertEqual(getattr(old, method)(character), then)

    def test_version(self):
        self.assertEqual(old.unidata_version, "3.2.0")
        self.assertEqual(type(old).__name__, "UCD")

    def test_what_changed(self):
        self.check("category", "\u00a7", "Po", "So")
        self.check("category", "\u00ad", "Cf", "Pd")
        self.check("bidirectional", "+", "ES", "ET")
        self.check("bidirectional", "\u06dd", "AN", "AL")
        self.check("mirrored", "\u0f3a", 1, 0)
        self.check("mirrored", "\u29a1", 0, 1)
        self.check("east_asian_width", "\u231a", "W", "N")

    def test_what_stayed(self):
        for character in "a\u00e9\u03a3\u4e00\uac00\U00020000\ue000\ud800":
            for method in ("category", "bidirectional", "combining", "mirrored", "east_asian_width",
                           "decomposition"):
                with self.subTest(method=method, character=ascii(character)):
                    self.check(method, character, *2 * [getattr(unicodedata, method)(character)])

    def test_unassigned(self):
        self.check("category", "\u0221", "Ll", "Cn")
        self.check("bidirectional", "\u0221", "L", "")
        self.check("combining", "\u1dc0", 230, 0)
        self.check("decomposition", "\ufa2e", "90DE", "")
        self.check("east_asian_width", "\u0221", "N", "F")
        self.assertRaises(ValueError, old.name, "\u0221")
        self.assertRaises(KeyError, old.lookup, unicodedata.name("\u0221"))

    def test_numbers(self):
        self.assertRaises(ValueError, unicodedata.decimal, "\u00b2")
        self.assertEqual(old.decimal("\u00b2"), 2)
        self.assertEqual(unicodedata.decimal("\u07c5"), 5)
        self.assertEqual(old.decimal("\u07c5", None), None)
        self.assertEqual(old.digit("\u07c5"), 5)
        self.assertEqual(old.numeric("\u07c5", None), None)


class NormalForms(unittest.TestCase):

    def test_corrected(self):
        for code, today, then in ((0x2f868, 0x36fc, 0x2136a), (0x2f874, 0x5f53, 0x5f33),
                                  (0x2f9bf, 0x45d7, 0x4d57)):
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                self.assertEqual(unicodedata.normalize(form, chr(code)), chr(today))
                self.assertEqual(old.normalize(form, chr(code)), chr(then))
                self.assertFalse(old.is_normalized(form, chr(code)))

    def test_unassigned(self):
        self.assertEqual(unicodedata.normalize("NFC", "\ufa2e"), "\u90de")
        self.assertEqual(old.normalize("NFC", "\ufa2e"), "\ufa2e")
        self.assertTrue(old.is_normalized("NFC", "\ufa2e"))
        self.assertEqual(old.normalize("NFD", "\u1b06"), "\u1b06")
        self.assertEqual(old.normalize("NFC", "\u1b05\u1b35"), "\u1b06")

    def test_as_ever(self):
        self.assertEqual(old.normalize("NFC", "e\u0301\u0323"), "\u1eb9\u0301")
        self.assertEqual(old.normalize("NFD", "\uac01\u00e9"), "\u1100\u1161\u11a8e\u0301")
        self.assertEqual(old.normalize("NFKC", "\ufb01\u00b2"), "fi2")


class Preparation(unittest.TestCase):

    def test_domain_names(self):
        self.assertEqual("b\u00fccher\u00ad.de".encode("idna"), b"xn--bcher-kva.de")
        self.assertTrue(stringprep.in_table_a1("\u0221"))
        self.assertFalse(stringprep.in_table_a1("a"))


if __name__ == "__main__":
    unittest.main()
