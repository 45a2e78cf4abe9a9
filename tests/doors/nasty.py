"""What people might write to do harm or by accident, each a line to put into every field there is."""

from __future__ import annotations

from typing import Final

from tests.support.long import long

NASTY: Final = {
    "markup": "<b>Eve</b> <script>alert(1)</script> **b** _u_ `c` [x](https://a.example) # h > q ||s|| &lt; &#60; \\*",
    "calls": "@everyone @here <@7> <@&7> <#7> @ada_l tg://user?id=7 /start <t:0:F> :smile: <:s:7>",
    "links": "https://evil.example/?a=<b>&c evil.example javascript:alert(1) http://[::1 mailto:a@b.example",
    "directions": "\u202eevil\u2066 \u200fمرحب שלום\u2069\u2069 \u061c\u200e",
    "unseen": "a\u200bb\ufeffc\u00add\u2060e\u180e\u034f \u3164\u2800",
    "formula": '=HYPERLINK("https://evil.example";"x")+1-1@SUM(1)\t|cmd',
    "lines": "a\r\nEND:VEVENT\r\nBEGIN:VALARM\nb\u2028c\u2029d\u0085e\x0bf",
    "broken": "a\ud800b\udfffc\x00d\x07e\x1b[31mf\x7f\ufffe\U000fffff",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇪🇸👍🏽🫱🏻‍🫲🏿1️⃣" * 3,
    "zalgo": "Z" + "\u0301\u0310\u0348" * 60 + "a" + "\u20dd" * 20,
    "template": "{when} {name} {} {0} {circle.title} %s %(x)s {",
    "equals": "=1+1",
    "blanks": " \u3164\u2800\u200b \u00a0",
    "long": "x" * 100_000,
    "wide": "\U0001d518" * 4000,
}  # fmt: skip
MIXED: Final = {
    "marked": f"{NASTY['formula']} {NASTY['markup']} {NASTY['calls']}"[:190],
    "turned": f"{NASTY['broken']}{NASTY['lines']}{NASTY['directions']}{NASTY['unseen']}",
    "led": f"{NASTY['template']} {NASTY['links']}",
    "stacked": NASTY["zalgo"] + NASTY["emoji"],
    "blanks": NASTY["blanks"],
    "long": NASTY["long"],
}
"""The same in fewer: each holds several."""
TRIED: Final = NASTY if long(0, 1) else MIXED
