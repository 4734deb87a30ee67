"""Things of street, sport and wardrobe that the icon set lacks or shows unclearly: SVG bodies on its grid of 32."""

from __future__ import annotations

from ttsvar.toybox.icons.svg import disc, line, path, rect, turned

STREET = {
    "own:stop-sign": (
        path("M10 2h12l8 8v12l-8 8H10l-8-8V10z", "red")
        + line("M10.6 3.6h10.8l7 7v10.8l-7 7H10.6l-7-7V10.6z", "white", 1.1)
        + line("M9 13.2c-.5-1-3-1-3 .8 0 2 3.2 1.7 3.2 3.7 0 1.9-2.9 1.9-3.4.7", "white", 1.5)
        + line("M11.3 12.6h4M13.3 12.6v6.6", "white", 1.5)
        + line("M18.6 12.6a1.7 3.3 0 1 0 .01 0z", "white", 1.5)
        + line("M23 19.2v-6.6h1.8c2.3 0 2.3 3.7 0 3.7H23", "white", 1.5)
    ),
    "own:fire-hydrant": (
        rect(7, 27, 18, 3.5, "dark red", 1.2)
        + rect(9.5, 10, 13, 18, "red", 1)
        + path("M9.5 10.5C9.5 5.5 12.5 3.5 16 3.5s6.5 2 6.5 7z", "red")
        + rect(14.2, 1.2, 3.6, 3, "dark red", 1)
        + rect(8, 9.6, 16, 2.8, "dark red", 1.2)
        + rect(4, 15, 6, 6, "red", 1)
        + rect(2.6, 14.2, 2.8, 7.6, "dark red", 1)
        + rect(22, 15, 6, 6, "red", 1)
        + rect(26.6, 14.2, 2.8, 7.6, "dark red", 1)
        + disc(16, 18.5, 4.2, "dark red")
        + disc(16, 18.5, 2.2, "yellow")
        + rect(9.5, 24.4, 13, 1.6, "dark red")
    ),
    "own:parking-meter": (
        rect(14.2, 17, 3.6, 13, "grey")
        + rect(10.5, 28.4, 11, 2.6, "dark", 1.2)
        + path("M8 9.5C8 4.3 11.5 1 16 1s8 3.3 8 8.5V18c0 1.2-.8 2-2 2H10c-1.2 0-2-.8-2-2z", "blue")
        + path("M10.3 9.8c0-3.8 2.5-6.3 5.7-6.3s5.7 2.5 5.7 6.3z", "white")
        + line("M16 9.2l2.4-3.4", "red", 1.1)
        + rect(14.9, 12, 2.2, 4.6, "black", 0.6)
        + rect(11, 17.4, 10, 1.4, "sky", 0.5)
    ),
    "own:bench": (
        rect(4, 9, 2, 19, "dark")
        + rect(26, 9, 2, 19, "dark")
        + rect(2, 8, 28, 3.4, "wood", 0.8)
        + rect(2, 12.6, 28, 3.4, "wood", 0.8)
        + rect(1, 19, 30, 4, "wood", 0.8)
        + rect(1, 21.8, 30, 1.4, "brown", 0.6)
        + rect(2, 10.4, 28, 1, "brown", 0.5)
        + rect(2, 15, 28, 1, "brown", 0.5)
        + rect(3, 27, 4, 1.8, "black", 0.6)
        + rect(25, 27, 4, 1.8, "black", 0.6)
    ),
}

SPORT = {
    "own:frisbee": (
        disc(16, 17, 15, "dark red", 9.4)
        + disc(16, 15.6, 15, "red", 9.2)
        + disc(16, 14.8, 11, "rose", 6.2)
        + disc(16, 14.8, 9.6, "red", 5.2)
        + disc(16, 14.6, 5.6, "rose", 2.8)
    ),
    "own:skis": (
        turned(
            28,
            path("M9 5.5C9 2.5 10 1 11.2 1s2.2 1.5 2.2 4.5V29c0 1.2-4.4 1.2-4.4 0z", "blue"),
            path("M17.6 5.5c0-3 1-4.5 2.2-4.5S22 2.5 22 5.5V29c0 1.2-4.4 1.2-4.4 0z", "blue"),
            rect(9, 7.5, 4.4, 1.8, "sky") + rect(17.6, 7.5, 4.4, 1.8, "sky"),
            rect(9.4, 15.5, 3.6, 5, "black", 0.8) + rect(18, 15.5, 3.6, 5, "black", 0.8),
        )
        + line("M5 2.5L27 29.5", "dark", 1.2)
        + rect(3.4, 1, 2.8, 4.4, "red", 1.3)
        + disc(24.8, 26.8, 2, "red")
    ),
    "own:snowboard": (
        turned(
            38,
            path(
                "M10.5 6.5C10.5 3 12.8.5 16 .5s5.5 2.5 5.5 6c0 3-1 6-1 9.5s1 6.5 1 9.5c0 3.5-2.3 6-5.5 6"
                "s-5.5-2.5-5.5-6c0-3 1-6 1-9.5s-1-6.5-1-9.5z",
                "purple",
            ),
            path("M10.7 5.5C11.2 2.5 13.3.5 16 .5s4.8 2 5.3 5z", "yellow"),
            path("M10.7 26.5c.5 3 2.6 5 5.3 5s4.8-2 5.3-5z", "yellow"),
            rect(10, 9.2, 12, 4, "black", 1) + rect(10, 18.8, 12, 4, "black", 1),
            rect(13.2, 9.8, 5.6, 2.8, "grey", 0.8) + rect(13.2, 19.4, 5.6, 2.8, "grey", 0.8),
        )
    ),
    "own:baseball-bat": (
        turned(
            45,
            path(
                "M13 4.5C13 2 14 .5 16 .5s3 1.5 3 4c0 5-1.7 10-1.8 15v8.5h-2.4v-8.5C14.7 14.5 13 9.5 13 4.5z",
                "pale wood",
            ),
            path("M16.6.6c1.5.2 2.4 1.6 2.4 3.9 0 5-1.7 10-1.8 15v4h-.9v-4C16.3 14 17.6 9 17 3z", "honey"),
            rect(14.6, 21.5, 2.8, 7, "black", 0.4),
            rect(13.6, 28.6, 4.8, 2.4, "pale wood", 1.1),
        )
    ),
    "own:baseball-glove": (
        path(
            "M6 13c-3-1-4.5 2-3 4.5L7 25c1.5 3 4.5 5 9 5 6.5 0 10.5-4.5 10.5-11V9c0-2.5-3.5-2.7-4 0-.2-3.5"
            "-.3-5-2.3-5s-2.5 1.5-2.5 3c0-3-.7-4.8-2.6-4.8-2 0-2.6 1.6-2.6 4-.3-2-1-3.2-2.5-3.2-1.8 0-2.3 1.6"
            "-2.2 3.5L8.5 15z",
            "wood",
        )
        + line("M12.5 7.5l.5 7M17.7 7l-.1 7.5M22.4 9l-.6 6", "brown", 1.1)
        + path("M11 17c2-2.5 8-3 11-1 1.5 4-1 9-5.5 9.5C12.5 26 9.5 21 11 17z", "brown")
        + disc(16.4, 20, 4.4, "white")
        + line("M13.6 17.4c1.7 1.5 1.7 3.7 0 5.2M19.2 17.4c-1.7 1.5-1.7 3.7 0 5.2", "red", 0.8)
    ),
    "own:surfboard": (
        turned(
            30,
            path(
                "M16 .3c3.8 4 5.5 9.5 5.5 15.5 0 5.5-1.5 11-3.5 15.5h-4c-2-4.5-3.5-10-3.5-15.5C10.5 9.8 12.2 4.3"
                " 16 .3z",
                "rose",
            ),
            path("M10.8 12.5h10.4l.3 3.3-.1 2H10.6l-.1-2z", "yellow"),
            path("M10.7 19.5h10.6l-.4 2.8h-9.8z", "white"),
            line("M16 3v26", "dark red", 0.9),
        )
    ),
}

CLOTHES = {
    "own:tie": (
        path("M12 1.5h8l1.5 3.5-3 4.5h-5l-3-4.5z", "blue")
        + path("M13.5 9.5h5L23 25l-7 6.5L9 25z", "blue")
        + path("M13.2 10.6l5.6 5.2.8 2.8-7-6.4zM11.7 16.2l9.5 8.8-1.6 1.6-8.8-8.2zM10 22l6.5 6-1.4 2L9 25z", "sky")
        + path("M13.3 9.5h5.4l.3 1.2h-6z", "deep blue")
    ),
    "own:hair-drier": (
        path("M15.5 18h7l-1.5 11c-.2 1.2-1 2-2.2 2h-1.6c-1.2 0-2-.8-2.2-2z", "dark red")
        + path("M19 4c5.5 0 9.5 3.6 9.5 8.5S24.5 21 19 21L6 17.5v-10z", "pink")
        + rect(2, 6.4, 5, 12.2, "black", 1.2)
        + disc(19.5, 12.5, 4.6, "dark red")
        + disc(19.5, 12.5, 2.6, "white")
        + rect(16.6, 23.5, 3.2, 3, "white", 0.8)
    ),
}  # fmt: skip
