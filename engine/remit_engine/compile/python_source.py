"""Python source for conditions over slots (facts already read into exact scaled values)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from remit_dsl import expressions as x
from remit_dsl.program import Program
from remit_engine.compile.scaled import Scaled, scaled
from remit_engine.compile.unsupported import Unsupported

TARGET = "to_python"
_SCALAR = frozenset(
    {"money", "percent", "number", "integer", "days", "months", "ratio", "literal",
     "boolean", "text", "enum", "position", "date"}
)  # fmt: skip


class Writer:
    """Writes expressions as source; collects the slots, parameters and constants they read.

    `slot(path)` and `parameter(name)` give the index of a fact or parameter. In the source, facts
    are `f[i]`, parameters `p[i]`, constants that have no literal form `k[i]`.
    """

    def __init__(
        self,
        program: Program,
        slot: Callable[[x.Fact], int],
        parameter: Callable[[str], int],
    ) -> None:
        self._program = program
        self._slot = slot
        self._parameter = parameter
        self.constants: list[object] = []
        self.slots: set[int] = set()
        self.parameters: set[int] = set()

    def write(self, e: x.Expression) -> str:
        """The source of an expression.

        Raises Unsupported where the generated code has no exact form.
        """
        match e:
            case x.Constant():
                return self._constant(e)
            case x.Fact():
                return self._fact(e)
            case x.ParameterValue():
                index = self._parameter(e.name)
                self.parameters.add(index)
                return f"p[{index}]"
            case x.DefinitionValue():
                return self.write(self._program.definitions[e.name].value)
            case x.Negate():
                return f"(-{self.write(e.operand)})"
            case x.Absolute():
                return f"abs({self.write(e.operand)})"
            case x.Arithmetic():
                return self._arithmetic(e)
            case x.Extremum():
                return f"{e.function}({', '.join(self.write(o) for o in e.operands)})"
            case x.Compare():
                operator = {"=": "=="}.get(e.operator, e.operator)
                return f"({self.write(e.left)} {operator} {self.write(e.right)})"
            case x.AllOf():
                return "(" + " and ".join(self.write(o) for o in e.operands) + ")"
            case x.AnyOf():
                return "(" + " or ".join(self.write(o) for o in e.operands) + ")"
            case x.Not():
                return f"(not {self.write(e.operand)})"
            case x.Contains():
                return self._contains(e)
            case x.Choose():
                condition, then = self.write(e.condition), self.write(e.then)
                return f"({then} if {condition} else {self.write(e.otherwise)})"
            case x.BandLookup():
                return self._bands(e)
        raise Unsupported(e, TARGET)

    def _constant(self, e: x.Constant) -> str:
        if isinstance(e.value, bool):
            return repr(e.value)
        if isinstance(e.value, Fraction):
            number = scaled(e.value)
            return repr(number) if isinstance(number, int) else self._keep(number)
        if isinstance(e.value, str):
            return repr(e.value)
        return self._keep(e.value)

    def _keep(self, value: object) -> str:
        self.constants.append(value)
        return f"k[{len(self.constants) - 1}]"

    def _fact(self, e: x.Fact) -> str:
        if e.type.kind not in _SCALAR or e.path == ("as_of",):
            raise Unsupported(e, TARGET)
        index = self._slot(e)
        self.slots.add(index)
        return f"f[{index}]"

    def _arithmetic(self, e: x.Arithmetic) -> str:
        left, right = self.write(e.left), self.write(e.right)
        match e.operator:
            case "+" | "-":
                return f"({left} {e.operator} {right})"
            case "*":
                return f"product({left}, {right})"
        return f"quotient({left}, {right})"

    def _contains(self, e: x.Contains) -> str:
        if not isinstance(e.collection, x.Constant) or not isinstance(
            e.collection.value, frozenset
        ):
            raise Unsupported(e, TARGET)
        wanted = e.collection.value
        tree = self._program.enums.get(e.item.type.name or "")
        if tree is not None:
            wanted = frozenset(m for m in tree.members if wanted & set(tree.lineage(m)))
        if e.item.type.numeric:
            return f"({self.write(e.item)} in {self._keep(_numbers(wanted))})"
        return f"({self.write(e.item)} in {self._keep(wanted)})"

    def _bands(self, e: x.BandLookup) -> str:
        operand = self.write(e.operand)
        source = ""
        for row in e.rows:
            value = self.write(row.value)
            if row.bound is None:
                return f"({source}{value})"
            operator = "<=" if row.side == "up to" else "<"
            source += f"{value} if {operand} {operator} {self.write(row.bound)} else "
        raise Unsupported(e, TARGET)


def _numbers(values: Iterable[object]) -> frozenset[Scaled]:
    return frozenset(scaled(v) for v in values if isinstance(v, Fraction))
