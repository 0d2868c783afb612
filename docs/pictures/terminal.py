"""Cells of a terminal, as `tmux capture-pane -e -p` prints them, as a page for a browser."""

import html
import re
import sys

BACKGROUND, FOREGROUND = "#11151c", "#d7dde6"
COLORS = [
    "#11151c", "#e06c75", "#7fbf7f", "#d9a441", "#5aa0e0", "#c586c0", "#56b6c2", "#c8ccd4",
    "#6b7380", "#ff7b86", "#98d898", "#f0c060", "#7cb8f0", "#d8a0d4", "#7cd0da", "#ffffff",
]


def indexed(number):
    """The color of a number from 0 to 255."""
    if number < 16:
        return COLORS[number]
    if number < 232:
        steps = [0, 95, 135, 175, 215, 255]
        number -= 16
        return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])
    return "#" + "%02x" % (8 + 10 * (number - 232)) * 3


class Style:
    """What the escape codes so far have said."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.ink = self.ground = None
        self.bold = self.dim = self.italic = self.underlined = self.reversed = False

    def take(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 3, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 3: "italic", 4: "underlined", 7: "reversed"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (23, 24, 27):
                setattr(self, {23: "italic", 24: "underlined", 27: "reversed"}[code], False)
            elif code in (38, 48):
                kind = codes.pop(0)
                if kind == 5:
                    color = indexed(codes.pop(0))
                else:
                    color = "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                setattr(self, "ink" if code == 38 else "ground", color)
            elif code in (39, 49):
                setattr(self, "ink" if code == 39 else "ground", None)
            else:
                for first, offset, name in ((30, 0, "ink"), (40, 0, "ground"), (90, 8, "ink"), (100, 8, "ground")):
                    if first <= code < first + 8:
                        setattr(self, name, COLORS[code - first + offset])

    def css(self):
        ink, ground = self.ink or FOREGROUND, self.ground
        if self.reversed:
            ink, ground = ground or BACKGROUND, ink
        css = f"color:{ink}"
        css += f";background:{ground}" if ground else ""
        css += ";font-weight:bold" if self.bold else ""
        css += ";opacity:.6" if self.dim else ""
        css += ";font-style:italic" if self.italic else ""
        css += ";text-decoration:underline" if self.underlined else ""
        return css


def cells(text):
    """Letters of another font than the rest are as wide as the rest, too."""
    return "".join(html.escape(letter) if letter.isascii() else f"<b>{letter}</b>" for letter in text)


def main():
    style = Style()
    print(f"<!doctype html><meta charset=utf-8><style>body{{margin:12px;background:{BACKGROUND}}}")
    print("pre{margin:0;font:14.4px/18px 'DejaVu Sans Mono',monospace}")
    print("b{display:inline-block;width:1ch;overflow:hidden;font-weight:inherit;vertical-align:top}</style><pre>", end="")
    for line in sys.stdin.read().rstrip("\n").split("\n"):
        for text, codes in re.findall(r"([^\x1b]*)(?:\x1b\[([\d;]*)m)?", line):
            if text:
                print(f'<span style="{style.css()}">{cells(text)}</span>', end="")
            if codes or line.startswith("\x1b[m"):
                style.take(codes)
        print()
    print("</pre>")


main()
