# SPDX-License-Identifier: MIT
"""pyexpat, and what the library builds on it: ElementTree, minidom, sax, plistlib."""
import gc
import io
import plistlib
import unittest
import xml.dom.minidom
import xml.etree.ElementTree as ElementTree
import xml.sax
from xml.parsers import expat

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE r [<!ELEMENT r (a|(b,c?)*)+><!ATTLIST a k CDATA "v"><!ENTITY e "text"><!NOTATION n SYSTEM "s">]>
<?go now?><r xmlns:p="u"><a/><!-- c --><p:b z="1" y="2">x&e;y<![CDATA[<raw>]]></p:b></r>"""
EVENTS = [name for name in dir(expat.ParserCreate()) if name.endswith("Handler") and name != "NotStandaloneHandler"]


def record(parser, names=EVENTS):
    seen = []
    for name in names:
        setattr(parser, name, lambda *args, name=name: seen.append((name.removesuffix("Handler"), *args)) or 1)
    return seen


class Parser(unittest.TestCase):
    def test_events(self):
        parser = expat.ParserCreate()
        seen = record(parser, [name for name in EVENTS if "Default" not in name])
        self.assertEqual(parser.Parse(DOCUMENT, True), 1)
        self.assertEqual(seen, [
            ("XmlDecl", "1.0", "utf-8", -1), ("StartDoctypeDecl", "r", None, None, 1),
            ("ElementDecl", "r", (5, 3, None, ((4, 0, "a", ()), (6, 2, None, ((4, 0, "b", ()), (4, 1, "c", ())))))),
            ("AttlistDecl", "a", "k", "CDATA", "v", 0), ("EntityDecl", "e", 0, "text", None, None, None, None),
            ("NotationDecl", "n", None, "s", None), ("EndDoctypeDecl",), ("ProcessingInstruction", "go", "now"),
            ("StartElement", "r", {"xmlns:p": "u"}), ("StartElement", "a", {"k": "v"}), ("EndElement", "a"),
            ("Comment", " c "), ("StartElement", "p:b", {"z": "1", "y": "2"}), ("CharacterData", "x"),
            ("CharacterData", "text"), ("CharacterData", "y"), ("StartCdataSection",), ("CharacterData", "<raw>"),
            ("EndCdataSection",), ("EndElement", "p:b"), ("EndElement", "r")])

    def test_options(self):
        parser = expat.ParserCreate(namespace_separator="|")
        parser.ordered_attributes = parser.specified_attributes = parser.buffer_text = True
        seen = record(parser, ["StartElementHandler", "CharacterDataHandler", "StartNamespaceDeclHandler"])
        parser.Parse(DOCUMENT.encode(), True)
        self.assertEqual(seen, [("StartNamespaceDecl", "p", "u"), ("StartElement", "r", []), ("StartElement", "a", []),
                                ("StartElement", "u|b", ["z", "1", "y", "2"]), ("CharacterData", "xtexty<raw>")])
        self.assertEqual((parser.buffer_size, parser.buffer_used), (8192, 0))
        parser.buffer_size = 3
        for wrong, error in ((0, ValueError), ("x", TypeError), (2 ** 31, ValueError)):
            with self.assertRaises(error):
                parser.buffer_size = wrong
        with self.assertRaises(RuntimeError):
            del parser.StartElementHandler

    def test_small_pieces(self):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 4
        seen = record(parser, ["CharacterDataHandler", "EndElementHandler"])
        for byte in "<a>12345678901é</a>".encode():
            parser.Parse(bytes([byte]))
        parser.Parse(b"", True)
        self.assertEqual("".join(event[1] for event in seen[:-1]), "12345678901é")
        self.assertEqual(seen[-1], ("EndElement", "a"))

    def test_errors(self):
        for text, code, line, column in (("<a>\n <b></a>", 7, 2, 6), ("", 3, 1, 0), ("<a", 5, 1, 0), ("<a>&b;</a>", 11, 1, 3),
                                         ("<a/><b/>", 9, 1, 4), ("<a b='1' b='2'/>", 8, 1, 9)):
            with self.subTest(text), self.assertRaises(expat.ExpatError) as caught:
                expat.ParserCreate().Parse(text, True)
            e = caught.exception
            self.assertEqual((e.code, e.lineno, e.offset), (code, line, column))
            self.assertEqual(str(e), f"{expat.ErrorString(code)}: line {line}, column {column}")
            self.assertEqual(expat.errors.messages[code], expat.ErrorString(code))
        self.assertEqual(expat.errors.codes[expat.errors.XML_ERROR_SYNTAX], 2)
        self.assertRaises(TypeError, expat.XMLParserType)
        self.assertRaises(TypeError, expat.ParserCreate, 3)
        self.assertRaises(ValueError, expat.ParserCreate, None, "ab")
        self.assertRaises(TypeError, expat.ParserCreate().Parse, 3)

    def test_handler_that_raises(self):
        parser = expat.ParserCreate()

        def stop(name, attributes):
            raise KeyError(name)
        parser.StartElementHandler = stop
        parser.EndElementHandler = lambda name: self.fail("it went on")
        self.assertRaisesRegex(KeyError, "a", parser.Parse, "<a></a>", True)

    def test_not_from_its_own_handlers(self):
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda *a: parser.Parse("<b/>")
        self.assertRaises(RuntimeError, parser.Parse, "<a/>")

    def test_external_entity(self):
        parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        parser.SetBase("/base")
        seen = record(parser, ["StartElementHandler", "CharacterDataHandler"])

        def external(context, base, system, public):
            seen.append((context, base, system, public))
            child = parser.ExternalEntityParserCreate(context)
            return child.Parse("<b>inside</b>", True)
        parser.ExternalEntityRefHandler = external
        parser.Parse("<!DOCTYPE a [<!ENTITY x SYSTEM 'file'>]><a>&x;</a>", True)
        self.assertEqual(seen, [("StartElement", "a", {}), ("x", "/base", "file", None), ("StartElement", "b", {}),
                                ("CharacterData", "inside")])
        parser = child = None
        parser = expat.ParserCreate()
        child = parser.ExternalEntityParserCreate(None)
        del parser
        gc.collect()
        child.Parse("")

    def test_encodings(self):
        for encoding in ("latin-1", "cp1252", "koi8-r", "utf-16"):
            parser = expat.ParserCreate()
            seen = record(parser, ["CharacterDataHandler"])
            text = "Ж" if encoding == "koi8-r" else "é"
            parser.Parse(f"<?xml version='1.0' encoding='{encoding}'?><a>{text}</a>".encode(encoding), True)
            self.assertEqual(seen, [("CharacterData", text)])
        for encoding, error in (("gb18030", ValueError), ("nonsense", LookupError)):
            self.assertRaises((error, LookupError), expat.ParserCreate().Parse,
                              f"<?xml version='1.0' encoding='{encoding}'?><a/>".encode(), True)

    def test_file(self):
        parser = expat.ParserCreate()
        seen = record(parser, ["EndElementHandler"])
        parser.ParseFile(io.BytesIO(b"<a>" + b"<b/>" * 50000 + b"</a>"))
        self.assertEqual(len(seen), 50001)
        self.assertIs(seen[0][1], seen[1][1])
        self.assertRaises(TypeError, expat.ParserCreate().ParseFile, io.StringIO("<a/>"))
        self.assertRaises(TypeError, expat.ParserCreate().ParseFile, 3)


class Library(unittest.TestCase):
    def test_element_tree(self):
        root = ElementTree.fromstring("<r a='1'><i n='x'>one</i>tail<i n='y'/></r>")
        self.assertEqual([(e.tag, e.attrib, e.text, e.tail) for e in root],
                         [("i", {"n": "x"}, "one", "tail"), ("i", {"n": "y"}, None, None)])
        self.assertEqual(root.find("i[@n='y']").get("n"), "y")
        with self.assertRaises(ElementTree.ParseError) as caught:
            ElementTree.fromstring("<a><b></a>")
        self.assertEqual(caught.exception.position, (1, 8))
        events = ElementTree.iterparse(io.BytesIO(b"<a><b/></a>"), ["start", "end"])
        self.assertEqual([(event, e.tag) for event, e in events],
                         [("start", "a"), ("start", "b"), ("end", "b"), ("end", "a")])
        self.assertEqual(ElementTree.tostring(ElementTree.fromstring("<a xmlns='u'><b/></a>")),
                         b'<ns0:a xmlns:ns0="u"><ns0:b /></ns0:a>')

    def test_minidom(self):
        document = xml.dom.minidom.parseString("<a b='c'>t<!--x--><d/></a>")
        self.assertEqual(document.documentElement.toxml(), '<a b="c">t<!--x--><d/></a>')

    def test_sax(self):
        class Names(xml.sax.ContentHandler):
            seen = []

            def startElement(self, name, attributes):
                self.seen.append((name, dict(attributes.items())))
        xml.sax.parseString(b"<a><b c='d'/></a>", Names())
        self.assertEqual(Names.seen, [("a", {}), ("b", {"c": "d"})])
        self.assertRaises(xml.sax.SAXParseException, xml.sax.parseString, b"<a>", Names())

    def test_plist(self):
        value = {"a": [1, 2.5, True, "é"], "b": b"bytes", "c": {"d": ""}}
        self.assertEqual(plistlib.loads(plistlib.dumps(value)), value)


if __name__ == "__main__":
    unittest.main()
