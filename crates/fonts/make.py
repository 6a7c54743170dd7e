#!/usr/bin/env python3
"""Makes the typefaces in `typefaces/` out of their upstream files, so that anybody can make them again.

    python3 -m venv VENV && VENV/bin/pip install fonttools==4.68.0
    mkdir SOURCES && cd SOURCES
    apt-get download fonts-noto-cjk fonts-noto-cjk-extra fonts-lxgw-wenkai unicode-data
    for package in *.deb; do dpkg -x "$package" .; done
    VENV/bin/python crates/fonts/make.py SOURCES

Upstream (all under the SIL Open Font License 1.1, texts in `licences/`):

    Noto Serif CJK, Noto Sans CJK   https://github.com/notofonts/noto-cjk   Debian fonts-noto-cjk 1:20220127
    LXGW WenKai                     https://github.com/lxgw/LxgwWenKai      Debian fonts-lxgw-wenkai 1.250
    list of 通用规范汉字表          Unicode's Unihan, property kTGH          Debian unicode-data 15.0

What is dropped: hinting, layout features (the papers are set horizontally, without ligatures or vertical forms), glyph
names, and the characters outside the ranges below. A changed LXGW WenKai may not carry its reserved name, so the
subset is called Yinxin Kai. Yinxin Rare is what Noto Sans CJK has and Noto Serif CJK has not (𬎆 and others); under a
name of its own, so that nobody takes it for the typeface of headings.
"""

import bz2
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
TYPEFACES = HERE / "typefaces"

# Signs that official papers use: Latin, Greek, Cyrillic, punctuation, numbers in circles, arrows, box drawing, kana,
# bopomofo, full-width forms.
SIGNS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x2B9, 0x2DD), (0x391, 0x3C9), (0x401, 0x451),
    (0x2010, 0x205E), (0x2070, 0x209C), (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x218B), (0x2190, 0x21FF),
    (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF),
    (0x2E80, 0x2FDF), (0x2FF0, 0x303F), (0x3041, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31EF), (0x3200, 0x33FF),
    (0xFE10, 0xFE1F), (0xFE30, 0xFE6F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),
]
# The ideographs of GB 18030: the unified block, extension A, the compatibility block, and of the further planes what
# the typeface has (all of 通用规范汉字表 among them).
IDEOGRAPHS = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)]


def main(sources: Path) -> None:
    common = table_of_general_standard_characters(sources)
    signs = expand(SIGNS)
    noto = sources / "usr/share/fonts/opentype/noto"
    make(sc(noto / "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"), signs | expand(IDEOGRAPHS), common, "NotoSerifSC-Regular.otf")
    make(sc(noto / "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC Bold"), signs | common, common, "NotoSerifSC-Bold.otf")
    make(sc(noto / "NotoSansCJK-Medium.ttc", "Noto Sans CJK SC Medium"), signs | common, common, "NotoSansSC-Medium.otf")
    rare = sc(noto / "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC")
    song = set(TTFont(TYPEFACES / "NotoSerifSC-Regular.otf").getBestCmap())
    make(rare, set(rare.getBestCmap()) & expand(IDEOGRAPHS) - song, {0x2C386}, "YinxinRare-Regular.otf", "Yinxin Rare")
    kai = TTFont(sources / "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
    make(kai, expand(SIGNS[:2] + [(0x2010, 0x2044), (0x3000, 0x3015), (0xFF01, 0xFF5E)]) | common, common, "YinxinKai-Regular.ttf", "Yinxin Kai")


def table_of_general_standard_characters(sources: Path) -> set[int]:
    """The 8105 characters of 通用规范汉字表."""
    with bz2.open(sources / "usr/share/unicode/Unihan_OtherMappings.txt.bz2", "rt", encoding="utf-8") as lines:
        found = {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}
    assert len(found) == 8105, len(found)
    return found


def expand(ranges: list[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def sc(path: Path, full_name: str) -> TTFont:
    """The face for the mainland's character forms out of a collection."""
    return next(face for face in TTCollection(path).fonts if face["name"].getDebugName(4) == full_name)


def make(font: TTFont, wanted: set[int], needed: set[int], name: str, rename: str | None = None) -> None:
    missing = needed - set(font.getBestCmap())
    assert not missing, (name, [chr(code) for code in missing])
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "VVAR", "meta", "FFTM"]
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    work = subset.Subsetter(options)
    work.populate(unicodes=wanted)
    work.subset(font)
    if rename:
        reserved = {1: rename, 3: rename, 4: rename, 6: rename.replace(" ", "")}
        for record in list(font["name"].names):
            if record.nameID in reserved:
                font["name"].setName(reserved[record.nameID], record.nameID, record.platformID, record.platEncID, record.langID)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    path = TYPEFACES / name
    font.save(path)
    print(f"{name}: {len(font.getBestCmap())} characters, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
