"""Names of Mathematica characters that stand in the formulae of US patents and that HTML does not know.

Facts: the Wolfram Language's character names and the Unicode code points it documents for them; names whose sign lies in its private area
are not listed, so a document that uses one is refused rather than read wrongly.
"""

TABLE = """
EmptyDiamond 25C7, EmptyCircle 25CB, EmptySquare 25A1, EmptyUpTriangle 25B3, EmptyDownTriangle 25BD, EmptyRectangle 25AF,
FilledDiamond 25C6, FilledCircle 25CF, FilledSquare 25A0, FilledUpTriangle 25B2, FilledDownTriangle 25BC, FilledRectangle 25AE,
FivePointedStar 2605, SixPointedStar 2736, Angle 2220, RightAngle 221F, MeasuredAngle 2221, SphericalAngle 2222, Degree B0, Infinity 221E,
Micro B5, Mho 2127, Bullet 2022, DoubleDagger 2021, Ellipsis 2026, CenterEllipsis 22EF, VerticalEllipsis 22EE, DoublePrime 2033,
LongDash 2014, Dash 2013, Section A7, Paragraph B6, EmptySet 2205, Sqrt 221A, Euro 20AC, Aleph 2135, Natural 266E, Sharp 266F, Flat 266D
"""

WOLFRAM: dict[str, str] = {name: chr(int(code, 16)) for name, code in (entry.split() for entry in TABLE.split(","))}
