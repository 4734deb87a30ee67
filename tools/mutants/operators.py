"""The changes that one mutant is made of: a comparison flipped, a constant moved, a statement dropped, ..."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
"""Orders move by their boundary alone, which is the harder change to notice."""
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
EMPTY = {"bool": "False", "int": "0", "float": "0.0", "str": "''", "tuple": "()", "list": "[]", "dict": "{}"}
"""What a function returns in place of its value, by the annotation of its result; None for all others."""
ORDERS = ("place",)
"""Fields by which rows are sorted: only their order counts, so that another number near it is the same."""
DROPPED = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the bytes from `start` to `end` become `text`."""

    path: str
    function: str
    line: int
    lines: tuple[int, int]
    """First and last of the statement, or of its head, that the change is in."""
    at_import: bool
    """Whether it is outside all bodies of functions, and so done when the module is imported."""
    operator: str
    before: str
    after: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Names the change without its line, which moves when others are edited."""
        return f"{self.path}::{self.function}: {self.before} -> {self.after}"

    def applied(self, source: bytes) -> bytes:
        """The whole file with the change."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Every change of a file, in the order of its lines."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for change in _Changes().of(ast.parse(source)):
        node = change.node
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = source[start:end].decode()
        found.append(
            Mutant(path, change.function, node.lineno, change.lines, change.at_import, change.operator,
                   before, change.after, start, end)
        )  # fmt: skip
    return sorted(found, key=lambda m: (m.start, m.end, m.after))


@dataclass(frozen=True)
class _Change:
    """A node that is replaced by a text, and where it stands."""

    node: ast.expr | ast.stmt
    function: str
    lines: tuple[int, int]
    at_import: bool
    operator: str
    after: str


class _Changes(ast.NodeVisitor):
    """Collects the changes; annotations, messages, docstrings, assertions and f-strings are left alone."""

    def __init__(self) -> None:
        self.found: list[_Change] = []
        self.place: list[str] = []
        self.result: list[str] = []
        self.lines = (0, 0)
        self.bodies = 0

    def visit(self, node: ast.AST) -> None:
        """Remember the lines of the statement, or of its head where it has a body."""
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        before, body = self.lines, getattr(node, "body", None)
        last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
        self.lines = (node.lineno, last)
        super().visit(node)
        self.lines = before
        return None

    def of(self, tree: ast.AST) -> Iterator[_Change]:
        self.visit(tree)
        return iter(self.found)

    def add(self, node: ast.expr | ast.stmt, operator: str, after: ast.AST | str) -> None:
        text = after if isinstance(after, str) else f"({ast.unparse(after)})"
        place = ".".join(self.place) or "module"
        self.found.append(_Change(node, place, self.lines, not self.bodies, operator, text))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.place.append(node.name)
        for part in node.body:
            self.visit(part)
        self.place.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.place.append(node.name)
        self.result.append(ast.unparse(node.returns).split("[")[0] if node.returns else "")
        for part in [*node.args.defaults, *[d for d in node.args.kw_defaults if d]]:
            self.visit(part)
        self.bodies += 1
        for part in node.body:
            self.visit(part)
        self.bodies -= 1
        self.result.pop()
        self.place.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value and ast.unparse(node.target) not in ORDERS:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_Assign(self, node: ast.Assign) -> None:
        if all(isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets):
            self.add(node, "drop statement", "pass")
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.add(node, "drop statement", "pass")
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            return
        default = EMPTY.get(self.result[-1], "None")
        if ast.unparse(node.value) != default:
            self.add(node.value, "return default", default)
        self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        for i, op in enumerate(node.ops):
            ops = [*node.ops[:i], FLIPPED[type(op)](), *node.ops[i + 1 :]]
            self.add(node, "comparison", ast.Compare(node.left, ops, node.comparators))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        self.add(node, "and/or", ast.BoolOp(other, node.values))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.add(node, "not", node.operand)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in SWAPPED:
            self.add(node, "arithmetic", ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right))
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.add(node, "branches swapped", ast.IfExp(node.test, node.orelse, node.body))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.add(node, "constant", str(not value))
        elif isinstance(value, int):
            self.add(node, "constant", f"({value + 1})")
            if value:
                self.add(node, "constant", f"({value - 1})")
        elif isinstance(value, float):
            self.add(node, "constant", f"({2 * value if value else 1.0})")

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, DROPPED):
            self.add(node, "drop statement", "pass")
        if isinstance(node, ast.Raise):
            return
        super().generic_visit(node)
