# SPDX-License-Identifier: BSD-3-Clause
"""C++ source as the checks see it: its text with everything blanked that is not code."""

import re

# Whatever stands first wins, so a quote in a comment opens no string and the reverse.
NOT_CODE = re.compile(
    r"""
      //[^\n]*
    | /\*.*?\*/
    | R"(?P<delimiter>[^()\\\s"]{0,16})\(.*?\)(?P=delimiter)"
    | "(?:\\.|[^"\\\n])*"
    | (?<![0-9a-zA-Z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'   # not the ' in 1'000
    | ^[ \t]*\#(?:\\\n|[^\n/]|/(?![/*]))*                 # a directive, with its continuation lines
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def blank(text):
    """Returns `text` with comments, literals and directives as spaces; lines keep their numbers."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, position):
    """The number, from 1, of the line that holds `position`."""
    return text.count("\n", 0, position) + 1
