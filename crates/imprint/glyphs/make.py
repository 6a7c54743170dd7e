"""Writes outlines.txt: the outlines of the characters in characters.txt, from a font file with CFF outlines.

    python3 make.py /usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc

Needs fonttools. One line per character: the character and a path of m, l, c and z as in SVG, every point relative
to the point before it, on a 500 unit em, y upwards, origin on the baseline.
"""

import pathlib
import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTCollection

EM = 500
SIMPLIFIED_CHINESE = 2  # the order of faces in the collection: JP, KR, SC, TC, HK


class Outline(BasePen):
    def __init__(self, glyphs, scale):
        super().__init__(glyphs)
        self.scale, self.path, self.at = scale, [], (0, 0)

    def write(self, command, *points):
        for point in points:
            x, y = (round(n * self.scale) for n in point)
            self.path.append(f"{command}{x - self.at[0]} {y - self.at[1]}")
            command, self.at = " ", (x, y)

    def _moveTo(self, p):
        self.write("m", p)

    def _lineTo(self, p):
        self.write("l", p)

    def _curveToOne(self, a, b, c):
        self.write("c", a, b, c)

    def _closePath(self):
        self.path.append("z")


here = pathlib.Path(__file__).parent
font = TTCollection(sys.argv[1])[SIMPLIFIED_CHINESE]
assert "SC" in font["name"].getDebugName(1), font["name"].getDebugName(1)
glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
lines = []
for character in sorted(set("".join((here / "characters.txt").read_text("utf-8").split()))):
    pen = Outline(glyphs, EM / font["head"].unitsPerEm)
    glyphs[cmap[ord(character)]].draw(pen)
    lines.append(character + "".join(pen.path))
(here / "outlines.txt").write_text("\n".join(lines) + "\n", "utf-8")
