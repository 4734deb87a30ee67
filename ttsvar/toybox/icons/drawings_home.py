"""Things of a home that the icon set lacks or shows unclearly, drawn in its style (see `drawings`)."""

from __future__ import annotations

from ttsvar.toybox.icons.svg import disc, line, path, rect, turned


def _toast(x: float, ink: str) -> str:
    """A slice that looks out of a toaster."""
    return path(
        f"M{x} 3.2c-1.5 0-2.6 1-2.6 2.4 0 1 .5 1.6 1.1 2V15h9V7.6c.6-.4 1.1-1 1.1-2 0-1.4-1.1-2.4-2.6-2.4z", ink
    )


FURNITURE = {
    "own:couch": (
        rect(5, 26, 3, 4, "brown", 0.8)
        + rect(24, 26, 3, 4, "brown", 0.8)
        + path("M5 12c0-3.5 2-5.5 5-5.5h12c3 0 5 2 5 5.5v8H5z", "blue")
        + line("M16 7v12", "deep blue", 0.9)
        + path("M1 15.5C1 13.5 2.3 12.5 4 12.5s3.5 1.2 3.5 3V19h17v-3.5c0-1.8 1.7-3 3.5-3s3 1 3 3V25c0 1.3-.8 2"
               "-2 2H3c-1.2 0-2-.7-2-2z", "blue")
        + path("M7.5 19h17v3.6h-17z", "sky")
        + rect(7.5, 22.6, 17, 1, "deep blue")
        + line("M16 19v3.6", "deep blue", 0.9)
    ),
    "own:dining-table": (
        path("M5 14h3.5l-1.5 16H4z", "brown")
        + path("M27 14h-3.5l1.5 16h3z", "brown")
        + path("M9 13h2.5l-.7 10H9.3z", "wood")
        + path("M23 13h-2.5l.7 10h1.5z", "wood")
        + path("M6 7h20l5 6H1z", "pale wood")
        + rect(1, 12.6, 30, 3.6, "honey", 0.8)
        + disc(11, 9.8, 3.4, "white", 1.3)
        + disc(21, 9.8, 3.4, "white", 1.3)
        + disc(11, 9.8, 1.8, "silver", 0.7)
        + disc(21, 9.8, 1.8, "silver", 0.7)
    ),
    "own:sink": (
        line("M16 12V6.5C16 3.5 17.5 2.2 19.7 2.2S23.3 3.6 23.3 6", "grey", 2.6)
        + rect(9.4, 8.4, 3, 4.4, "grey", 0.8)
        + rect(7.8, 6.8, 6.2, 2, "dark", 1)
        + path("M22.1 7.8h2.4l.5 3h-3.4z", "sky")
        + rect(1, 12, 30, 4.2, "white", 1.6)
        + path("M3.5 16h25c0 6.5-4 9.5-8.5 9.5h-8C7.5 25.5 3.5 22.5 3.5 16z", "light")
        + path("M3.5 16h25c0 .8-.1 1.6-.3 2.3H3.8c-.2-.7-.3-1.5-.3-2.3z", "silver")
        + path("M13 25.5h6l1 6h-8z", "silver")
    ),
    "own:bottle": (
        rect(13, 0.8, 6, 3.6, "red", 0.8)
        + path("M13.5 4.4h5V9c0 2.5 4 3.5 4 7.5V29c0 1.5-.8 2.4-2.4 2.4h-8.2c-1.6 0-2.4-.9-2.4-2.4V16.5c0-4 4-5 4-7.5z",
               "green")
        + rect(9.5, 17, 13, 8.4, "white")
        + disc(16, 21.2, 2.6, "yellow")
        + line("M12.2 15.5c.5-1.5 2-2.3 2.6-3.6", "white", 1)
    ),
}  # fmt: skip

KITCHEN = {
    "own:microwave": (
        rect(1, 6, 30, 19.4, "silver", 1.8)
        + rect(3, 8, 19, 15.4, "black", 1.2)
        + rect(5, 10, 15, 11.4, "deep blue", 0.8)
        + disc(12.5, 19.4, 5.6, "sky", 1.3)
        + line("M7.5 12.5l4-1.5M7.5 15l7-2.6", "sky", 0.8)
        + rect(24, 8.6, 5, 3, "green", 0.5)
        + disc(25.2, 14.4, 1, "dark") + disc(28, 14.4, 1, "dark")
        + disc(25.2, 17.4, 1, "dark") + disc(28, 17.4, 1, "dark")
        + rect(24, 20, 5, 2.6, "dark", 0.8)
        + rect(3.5, 25.2, 4, 1.8, "dark", 0.6) + rect(24.5, 25.2, 4, 1.8, "dark", 0.6)
    ),
    "own:oven": (
        rect(3, 2, 26, 27.4, "light", 1.6)
        + rect(3, 2, 26, 6.6, "silver", 1.6)
        + disc(7, 5.4, 1.7, "dark") + disc(11.5, 5.4, 1.7, "dark")
        + disc(20.5, 5.4, 1.7, "dark") + disc(25, 5.4, 1.7, "dark")
        + rect(14.2, 4.2, 3.8, 2.4, "sky", 0.4)
        + rect(6, 10.2, 20, 1.9, "dark", 0.9)
        + rect(6, 13.6, 20, 11.6, "black", 1.2)
        + rect(8, 19.2, 16, 1.1, "grey")
        + path("M11.5 19.2c0-3.4 2-4.7 4.5-4.7s4.5 1.3 4.5 4.7z", "honey")
        + line("M10.5 23.3h11", "red", 1.3)
        + rect(5, 29, 4, 2, "dark", 0.6) + rect(23, 29, 4, 2, "dark", 0.6)
    ),
    "own:toaster": (
        _toast(8, "pale wood")
        + _toast(18.5, "honey")
        + path("M3 15.5C3 12.8 4.6 11.4 7 11.4h18c2.4 0 4 1.4 4 4.1V28H3z", "red")
        + rect(6.5, 11.4, 19, 1.7, "black", 0.8)
        + rect(2, 26.4, 28, 3, "dark", 1)
        + rect(28.4, 16, 2.6, 3.4, "black", 0.8)
        + disc(9, 21.5, 2.6, "white") + line("M9 21.5l1.2-1.5", "black", 0.8)
        + line("M15 17.5h9M15 20.5h9M15 23.5h9", "dark red", 1.2)
    ),
    "own:refrigerator": (
        rect(7, 29.4, 4, 2, "dark", 0.6) + rect(21, 29.4, 4, 2, "dark", 0.6)
        + rect(5, 1, 22, 29, "light", 2)
        + path("M7 1h18c1.2 0 2 .8 2 2v8H5V3c0-1.2.8-2 2-2z", "silver")
        + rect(5, 10.6, 22, 1.1, "dark")
        + rect(7.4, 4, 1.9, 5, "dark", 0.9) + rect(7.4, 14, 1.9, 8, "dark", 0.9)
        + rect(16, 14.5, 4.4, 4.4, "yellow", 0.4) + disc(22.6, 21.2, 1.5, "red")
    ),
    "own:mug": (
        line("M22 11h2.5c3 0 5 1.800 5 4.600s-2 4.800-5 4.800H22", "blue", 2.8)
        + path("M3 7h20v17c0 3-2 5-5 5H8c-3 0-5-2-5-5z", "blue")
        + disc(13, 7.2, 10, "deep blue", 2.8)
        + disc(13, 7.6, 8.2, "brown", 1.8)
        + rect(6, 13, 2, 11, "sky", 1)
    ),
    "own:fork": turned(
        40,
        path("M12.2 1c.6 0 .9.3.9.9V8h1.2V1.9c0-.6.3-.9.9-.9h1.6c.6 0 .9.3.9.9V8h1.2V1.9c0-.6.3-.9.9-.9s.9.3.9.9V10"
             "c0 2.4-1.2 4-3 4.6V29c0 1.4-.6 2.2-1.7 2.2S14.3 30.4 14.3 29V14.6c-1.8-.6-3-2.2-3-4.6V1.9c0-.6.3-.9.9-.9",
             "grey"),
        path("M14.3 17h3.4V29c0 1.4-.6 2.2-1.7 2.2s-1.7-.8-1.7-2.2z", "dark"),
    ),
    "own:tv-remote": turned(
        24,
        rect(10, 1, 12, 30, "black", 3),
        disc(16, 4.6, 1.6, "red"),
        disc(16, 11.2, 4, "grey"), disc(16, 11.2, 1.7, "white"),
        disc(13, 18, 1.2, "white"), disc(16, 18, 1.2, "white"), disc(19, 18, 1.2, "white"),
        disc(13, 21.6, 1.2, "white"), disc(16, 21.6, 1.2, "white"), disc(19, 21.6, 1.2, "white"),
        disc(13, 25.2, 1.2, "green"), disc(16, 25.2, 1.2, "yellow"), disc(19, 25.2, 1.2, "sky"),
    ),
}  # fmt: skip
