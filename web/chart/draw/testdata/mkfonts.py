#!/usr/bin/env python3
"""Makes the fonts of this directory: pip install fonttools; python3 mkfonts.py

Their glyphs are rectangles of our own, no letters; each is as large as its character would be."""
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection

EM = 1000
WIDE = {0x6F22: "han", 0xD55C: "hangul", 0x3042: "hiragana", 0x1F600: "face", 0x1F52C: "microscope", 0x2764: "heart"}
# The star is too wide for its cell. The others would need a shaper, so that they are not drawn though they are here.
OTHERS = {0x2605: "star", 0x05D0: "hebrew", 0x0627: "arabic", 0x0915: "devanagari", 0x0E01: "thai", 0x0301: "acute",
          0x1F1E9: "regional", 0x202E: "override", 0x200D: "joiner", 0xFE0F: "selector"}
CHARS = WIDE | OTHERS


def rectangle(pen):
    pen.moveTo((100, 0)); pen.lineTo((100, 800)); pen.lineTo((900, 800)); pen.lineTo((900, 0)); pen.closePath()


def build(chars, family, cff):
    names = [".notdef"] + list(chars.values())
    fb = FontBuilder(EM, isTTF=not cff)
    fb.setupGlyphOrder(names)
    fb.setupCharacterMap(chars)
    glyphs = {}
    for name in names:
        pen = T2CharStringPen(EM, None) if cff else TTGlyphPen(None)
        rectangle(pen)
        glyphs[name] = pen.getCharString() if cff else pen.glyph()
    if cff:
        fb.setupCFF(family, {}, glyphs, {})
    else:
        fb.setupGlyf(glyphs)
    fb.setupHorizontalMetrics({name: (EM, 100) for name in names})
    fb.setupHorizontalHeader(ascent=880, descent=-120)
    fb.setupNameTable({"familyName": family, "styleName": "Regular"})
    fb.setupOS2()
    fb.setupPost()
    return fb.font


build(CHARS, "TelamonTest", False).save("test.ttf")
build({0x6F22: "han"}, "TelamonTestCFF", True).save("test.otf")
both = TTCollection()
both.fonts = [build({0x3042: "hiragana"}, "TelamonTestKana", False), build({0x6F22: "han"}, "TelamonTestHan", False)]
both.save("test.ttc")
