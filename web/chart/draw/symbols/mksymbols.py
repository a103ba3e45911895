#!/usr/bin/env python3
"""Makes symbols.ttf: pip install fonttools; python3 mksymbols.py

The font has a few marks and faces that people put into legends and Go Mono lacks. The shapes are our own: strokes and discs, laid out by
hand on Go Mono's cell of 1229 × 2048 units; faces take two cells."""
from math import cos, hypot, pi, sin

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM, CELL, HALF = 2048, 1229, 75  # HALF is half the thickness of a stroke


def polygon(pen, points):
    """Draws a filled shape; TrueType fills what runs clockwise, so the points are put into that order."""
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1]))
    contour(pen, points if area < 0 else points[::-1])


def contour(pen, points):
    pen.moveTo(tuple(map(round, points[0])))
    for p in points[1:]:
        pen.lineTo(tuple(map(round, p)))
    pen.closePath()


def stroke(pen, *points):
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        d = hypot(x2 - x1, y2 - y1)
        nx, ny = (y1 - y2) / d * HALF, (x2 - x1) / d * HALF
        ex, ey = (x2 - x1) / d * HALF, (y2 - y1) / d * HALF
        polygon(pen, [(x1 - ex + nx, y1 - ey + ny), (x2 + ex + nx, y2 + ey + ny), (x2 + ex - nx, y2 + ey - ny), (x1 - ex - nx, y1 - ey - ny)])


def circle(cx, cy, r, n=24):
    return [(cx + r * cos(2 * pi * i / n), cy + r * sin(2 * pi * i / n)) for i in range(n)]


def ring(pen, cx, cy, r):
    polygon(pen, circle(cx, cy, r))
    inner = circle(cx, cy, r - 1.6 * HALF)  # the other way round: a hole
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(inner, inner[1:] + inner[:1]))
    contour(pen, inner if area > 0 else inner[::-1])


def star(r):
    return [(615 + (r if i % 2 == 0 else r * 0.4) * sin(pi * i / 5), 720 + (r if i % 2 == 0 else r * 0.4) * cos(pi * i / 5)) for i in range(10)]


def check(pen): stroke(pen, (150, 560), (430, 200), (1080, 1380))
def cross(pen): stroke(pen, (180, 250), (1050, 1250)); stroke(pen, (180, 1250), (1050, 250))
def black_star(pen): polygon(pen, star(600))
def white_star(pen): s = star(560); stroke(pen, *s, s[0])
def warning(pen):
    stroke(pen, (100, 150), (615, 1350), (1130, 150), (100, 150)); stroke(pen, (615, 900), (615, 620)); stroke(pen, (615, 380), (615, 360))


def face(pen, mouth):
    ring(pen, CELL, 850, 950)
    for x in (CELL - 320, CELL + 320):
        polygon(pen, circle(x, 1080, 130))
    stroke(pen, *[(CELL + x, y) for x, y in mouth])


def grinning(pen): face(pen, [(-480, 650), (-300, 380), (0, 280), (300, 380), (480, 650), (-480, 650)])
def smiling(pen): face(pen, [(-480, 600), (-280, 380), (0, 300), (280, 380), (480, 600)])
def neutral(pen): face(pen, [(-420, 450), (420, 450)])
def frowning(pen): face(pen, [(-420, 320), (-240, 520), (0, 580), (240, 520), (420, 320)])


GLYPHS = {0x2605: black_star, 0x2606: white_star, 0x26A0: warning, 0x2713: check, 0x2714: check, 0x2717: cross, 0x2718: cross,
          0x1F600: grinning, 0x1F610: neutral, 0x1F641: frowning, 0x1F642: smiling}


def blank(pen): pass


drawings = {".notdef": blank} | {f"u{c:04X}": draw for c, draw in GLYPHS.items()}
glyphs = {}
for name, draw in drawings.items():
    pen = TTGlyphPen(None)
    draw(pen)
    glyphs[name] = pen.glyph()
fb = FontBuilder(EM, isTTF=True)
fb.setupGlyphOrder(list(drawings))
fb.setupCharacterMap({c: f"u{c:04X}" for c in GLYPHS})
fb.setupGlyf(glyphs)
fb.setupHorizontalMetrics({name: (2 * CELL if len(name) == 6 else CELL, 0) for name in drawings})
fb.setupHorizontalHeader(ascent=1935, descent=-432)
fb.setupNameTable({"familyName": "Telamon Symbols", "styleName": "Regular"})
fb.setupOS2()
fb.setupPost()
fb.font.save("symbols.ttf")
