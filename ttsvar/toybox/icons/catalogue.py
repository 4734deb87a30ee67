"""GenEval's 80 classes: the icons that draw each, its plural as the benchmark writes it, and what else people type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Kind:
    """One class of things."""

    name: str
    """GenEval's name."""
    icons: tuple[str, ...]
    """Icons of the set, or drawings of ours ('own:...'); the first is the most typical."""
    plural: str
    """As GenEval writes it, right or not: 'benchs'."""
    synonyms: tuple[tuple[str, str], ...] = ()
    """Other (singular, plural) that a prompt may use; the right plural of GenEval's own name comes here too."""
    paintable: bool = True
    """Whether it comes in GenEval's colours; people do not."""
    mirrors: bool = True
    """Whether a picture of it may be mirrored; letters may not."""
    painted_share: float = 0.55
    """Least share of its picture that takes a colour (`colors.painted`): more where two inks are its body."""


def _kind(name: str, icons: str, *synonyms: str, plural: str = "", paintable: bool = True, share: float = 0.55) -> Kind:
    """A row; synonyms are 'puppy/puppies', and 'mug' stands for 'mug/mugs'."""
    pairs = tuple((one, many or f"{one}s") for one, _, many in (s.partition("/") for s in synonyms))
    return Kind(name, tuple(icons.split()), plural or f"{name}s", pairs, paintable, name != "stop sign", share)


KINDS: tuple[Kind, ...] = (
    _kind("person", "person-standing woman-standing man-walking", "person/people",
          paintable=False),
    _kind("bicycle", "bicycle", "bike", share=0.7),
    _kind("car", "automobile sport-utility-vehicle taxi", "automobile"),
    _kind("motorcycle", "motorcycle motor-scooter", "motorbike", share=0.7),
    _kind("airplane", "airplane small-airplane", "plane", "aeroplane", share=0.7),
    _kind("bus", "bus oncoming-bus trolleybus", plural="buses", share=0.7),
    _kind("train", "locomotive tram bullet-train", share=0.7),
    _kind("truck", "delivery-truck pickup-truck", "lorry/lorries"),
    _kind("boat", "sailboat motor-boat"),
    _kind("traffic light", "vertical-traffic-light", "stoplight"),
    _kind("fire hydrant", "own:fire-hydrant", "hydrant"),
    _kind("stop sign", "own:stop-sign"),
    _kind("parking meter", "own:parking-meter"),
    _kind("bench", "own:bench", "bench/benches", "park bench/park benches", plural="benchs"),
    _kind("bird", "blackbird parrot"),
    _kind("cat", "cat black-cat cat-face", "kitten"),
    _kind("dog", "dog dog-face", "puppy/puppies"),
    _kind("horse", "horse", "pony/ponies"),
    _kind("sheep", "ewe ram", "sheep/sheep", "lamb", plural="sheeps"),
    _kind("cow", "cow cow-face", "bull"),
    _kind("elephant", "elephant"),
    _kind("bear", "bear polar-bear"),
    _kind("zebra", "zebra"),
    _kind("giraffe", "giraffe"),
    _kind("backpack", "backpack", "rucksack"),
    _kind("umbrella", "umbrella", "parasol"),
    _kind("handbag", "handbag", "purse"),
    _kind("tie", "own:tie", "necktie"),
    _kind("suitcase", "luggage"),
    _kind("frisbee", "own:frisbee", "flying disc"),
    _kind("skis", "own:skis", "ski", plural="skiss"),
    _kind("snowboard", "own:snowboard"),
    _kind("sports ball", "soccer-ball basketball volleyball", "ball"),
    _kind("kite", "kite"),
    _kind("baseball bat", "own:baseball-bat"),
    _kind("baseball glove", "own:baseball-glove", "baseball mitt"),
    _kind("skateboard", "skateboard"),
    _kind("surfboard", "own:surfboard"),
    _kind("tennis racket", "tennis", "racket"),
    _kind("bottle", "own:bottle bottle-with-popping-cork"),
    _kind("wine glass", "wine-glass", "wine glass/wine glasses", plural="wine glasses"),
    _kind("cup", "own:mug teacup-without-handle", "mug", "teacup"),
    _kind("fork", "own:fork"),
    _kind("knife", "kitchen-knife", "knife/knives", plural="knifes"),
    _kind("spoon", "spoon"),
    _kind("bowl", "bowl-with-spoon"),
    _kind("banana", "banana"),
    _kind("apple", "red-apple"),
    _kind("sandwich", "sandwich", "sandwich/sandwiches", plural="sandwichs"),
    _kind("orange", "tangerine", "tangerine"),
    _kind("broccoli", "broccoli"),
    _kind("carrot", "carrot"),
    _kind("hot dog", "hot-dog", "hotdog"),
    _kind("pizza", "pizza", "pizza slice"),
    _kind("donut", "doughnut", "doughnut"),
    _kind("cake", "birthday-cake shortcake"),
    _kind("chair", "chair"),
    _kind("couch", "own:couch", "couch/couches", "sofa", plural="couchs"),
    _kind("potted plant", "potted-plant", "houseplant"),
    _kind("bed", "bed"),
    _kind("dining table", "own:dining-table", "table"),
    _kind("toilet", "toilet"),
    _kind("tv", "television", "television", "telly/tellies"),
    _kind("laptop", "laptop"),
    _kind("computer mouse", "computer-mouse", "computer mouse/computer mice", plural="computer mouses"),
    _kind("tv remote", "own:tv-remote", "remote", "remote control"),
    _kind("computer keyboard", "keyboard", "keyboard"),
    _kind("cell phone", "mobile-phone", "phone", "smartphone", "mobile phone"),
    _kind("microwave", "own:microwave", share=0.4),
    _kind("oven", "own:oven", "stove"),
    _kind("toaster", "own:toaster"),
    _kind("sink", "own:sink", "washbasin"),
    _kind("refrigerator", "own:refrigerator", "fridge"),
    _kind("book", "closed-book"),
    _kind("clock", "alarm-clock mantelpiece-clock"),
    _kind("vase", "amphora"),
    _kind("scissors", "scissors", "scissors/scissors", plural="scissorss"),
    _kind("teddy bear", "teddy-bear", "teddy/teddies"),
    _kind("hair drier", "own:hair-drier", "hair dryer", "hairdryer"),
    _kind("toothbrush", "toothbrush", "toothbrush/toothbrushes", plural="toothbrushs"),
)  # fmt: skip
"""In the order of COCO, on which GenEval's detector was trained."""

NAMES = tuple(kind.name for kind in KINDS)


@cache
def kind_of(name: str) -> Kind:
    """The row of a class; KeyError where there is none."""
    return KINDS[index_of(name)]


@cache
def index_of(name: str) -> int:
    """Number of a class, from 0."""
    if name not in NAMES:
        raise KeyError(f"There is no class {name!r}.")
    return NAMES.index(name)
