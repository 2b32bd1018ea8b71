"""A tally's SQLAlchemy expressions as plain terms: nested tuples, which can be compared, kept and evaluated.

A term is a whole number, or a tuple with what it does in front: ``("column", name)``, ``("<=", a, b)``,
``("in", a, (1, 2))``, ``("and", a, b)``, ``("case", ((when, value), ..), otherwise)``, ``TRUE``, ``FALSE``, and
``("of_force", ((force_id, condition), ..), a_negation)``: each force's own condition, as an as-of by force is.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import ref

import numpy as np
from sqlalchemy import Column, Table
from sqlalchemy.sql import elements as e
from sqlalchemy.sql import operators as o
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Exists, ScalarSelect, SelectBase

from data_access.errors import CaselightError

Term = Any
TRUE: Term = ("true",)
FALSE: Term = ("false",)
FORCE: Term = ("column", "force_id")
COMPARED = {o.eq: "=", o.ne: "!=", o.lt: "<", o.le: "<=", o.gt: ">", o.ge: ">="}
OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
CALCULATED = {o.add: "+", o.sub: "-", o.mul: "*", o.mod: "%"}
JOINED = {o.and_: "and", o.or_: "or"}
_NUMBERS = frozenset({"column", "case", *CALCULATED.values()})

_kept: dict[tuple[int, int], tuple[Any, Table, Term]] = {}


class ReadsElsewhere(Exception):
    """The expression reads another table than its fact, or the identity of a row: only the database can."""


class NotEvaluated(CaselightError):
    """An expression that a tally must not hold, because no array can answer it as a database does."""


def is_identity(name: str) -> bool:
    """Whether a column only tells one row from another. No figure needs it, and it is the widest of all."""
    return name.endswith("_id") and name not in ("force_id", "team_id", "lead_id", "advocate_id")


def term(expression: Any, fact: Table) -> Term:
    """The term of an expression over the fact.

    Raises NotEvaluated for anything but columns, whole numbers, comparisons, ``in_``, and/or/not, whole-number
    arithmetic and CASE; ReadsElsewhere for what is not a column of the fact.
    """
    # Kept as long as the expression lives: those of measures for ever, those of one question until it is answered.
    # Measured with strong references: 50 expressions stayed behind for each page that was opened.
    known = _kept.get((id(expression), id(fact)))
    if known is not None:
        return known[2]
    try:
        found = _term(expression, fact)
    except NotEvaluated:
        if any(isinstance(part, Column) and part.table is not fact for part in visitors.iterate(expression)):
            raise ReadsElsewhere(str(fact)) from None
        raise
    key = (id(expression), id(fact))
    _kept[key] = (ref(expression, lambda _gone: _kept.pop(key, None)), fact, found)
    return found


def number(expression: Any, fact: Table) -> Term:
    """The term of an expression that gives a number. Raises as ``term`` does, and NotEvaluated for a condition."""
    return _of_kind(expression, fact, True)


def condition(expression: Any, fact: Table) -> Term:
    """The term of an expression that holds or not. Raises as ``term`` does, and NotEvaluated for a number."""
    return _of_kind(expression, fact, False)


def _of_kind(expression: Any, fact: Table, numeric: bool) -> Term:
    found = term(expression, fact)
    if numeric != (isinstance(found, int) or found[0] in _NUMBERS):
        is_, wanted = ("a condition", "a number") if numeric else ("a number", "a condition")
        raise NotEvaluated(f"A tally holds {is_} where {wanted} is needed: {type(expression).__name__}.")
    return found


def _term(expression: Any, fact: Table) -> Term:
    for kind in type(expression).__mro__:
        if kind in _READ:
            return _READ[kind](expression, fact)
    raise _unknown(expression)


def _unknown(met: Any) -> NotEvaluated:
    what = getattr(getattr(met, "operator", None), "__name__", "") or getattr(met, "name", "")
    return NotEvaluated(
        f"A tally holds {type(met).__name__}{what and f' ({what})'}, which is not counted in memory. "
        "Use columns, whole numbers, comparisons, in_, and/or/not, + - * % and CASE."
    )


def _column(column: Column, fact: Table) -> Term:
    if column.table is not fact or is_identity(column.name):
        raise ReadsElsewhere(str(column))
    return ("column", str(column.name))


def _number(value: Any, met: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise _unknown(met)
    return int(value)


def _bound(parameter: e.BindParameter, _fact: Table) -> Term:
    return _number(parameter.effective_value, parameter)


def _binary(expression: e.BinaryExpression, fact: Table) -> Term:
    operator = expression.operator
    left = partial(number, expression.left, fact)
    if operator in COMPARED:
        return (COMPARED[operator], left(), number(expression.right, fact))
    if operator in (o.in_op, o.not_in_op):
        values = _listed(expression.right)
        found = is_in(left(), values)
        return negated(found) if operator is o.not_in_op else found
    if operator in CALCULATED:
        return _calculated(CALCULATED[operator], [left(), number(expression.right, fact)], expression)
    if operator in (o.between_op, o.not_between_op) and not any(expression.modifiers.values()):
        low, high = (number(limit, fact) for limit in expression.right.clauses)
        within = joined("and", [(">=", left(), low), ("<=", left(), high)])
        return negated(within) if operator is o.not_between_op else within
    raise _unknown(expression)


def _listed(right: Any) -> list[int]:
    while isinstance(right, e.Grouping):
        right = right.element
    if isinstance(right, SelectBase):
        raise ReadsElsewhere("a question within")
    if not isinstance(right, e.BindParameter) or not isinstance(right.effective_value, list | tuple):
        raise _unknown(right)
    return [_number(value, right) for value in right.effective_value]


def _calculated(sign: str, parts: list[Term], met: Any) -> Term:
    if sign == "%" and not (isinstance(parts[1], int) and parts[1] > 0):
        raise _unknown(met)  # databases differ on a division by nothing
    found = parts[0]
    for part in parts[1:]:
        found = (sign, found, part)
    return found


def _several(expression: Any, fact: Table) -> Term:
    if expression.operator in JOINED:
        return joined(JOINED[expression.operator], [condition(clause, fact) for clause in expression.clauses])
    if expression.operator in CALCULATED and expression.operator is not o.mod:
        parts = [number(clause, fact) for clause in expression.clauses]
        return _calculated(CALCULATED[expression.operator], parts, expression)
    raise _unknown(expression)


def _unary(expression: e.UnaryExpression, fact: Table) -> Term:
    if expression.operator in (o.is_true, o.is_false, o.inv):
        of = condition(expression.element, fact)
        return of if expression.operator is o.is_true else negated(of)
    raise _unknown(expression)


def _case(expression: e.Case, fact: Table) -> Term:
    if expression.else_ is None:
        raise NotEvaluated("A CASE without ELSE can be NULL, and a tally holds none. Add else_.")
    of = None if expression.value is None else number(expression.value, fact)
    whens = []
    for when, value in expression.whens:
        holds = condition(when, fact) if of is None else ("=", of, number(when, fact))
        whens.append((holds, number(value, fact)))
    return ("case", tuple(whens), number(expression.else_, fact))


def _reads_elsewhere(expression: Any, _fact: Table) -> Term:
    raise ReadsElsewhere(type(expression).__name__)


_READ: dict[type, Callable[[Any, Table], Term]] = {
    Column: _column,
    e.BindParameter: _bound,
    e.BinaryExpression: _binary,
    e.ExpressionClauseList: _several,
    e.UnaryExpression: _unary,
    e.Case: _case,
    e.True_: lambda *_: TRUE,
    e.False_: lambda *_: FALSE,
    e.Grouping: lambda x, fact: _term(x.element, fact),
    e.Label: lambda x, fact: _term(x.element, fact),
    e.TypeCoerce: lambda x, fact: _term(x.typed_expression, fact),
    # A column of a sub-query or an alias, and a question within: other tables.
    **dict.fromkeys((e.ColumnClause, Exists, ScalarSelect, SelectBase), _reads_elsewhere),
}


def is_in(what: Term, values: list[int]) -> Term:
    """``what`` is one of the values; of none it never is."""
    return ("in", what, tuple(sorted(set(values)))) if values else FALSE


def joined(how: str, parts: list[Term]) -> Term:
    """``and`` or ``or`` of conditions, without those that change nothing."""
    neutral, deciding = (TRUE, FALSE) if how == "and" else (FALSE, TRUE)
    if deciding in parts:
        return deciding
    left: list[Term] = []
    for part in parts:
        left += part[1:] if part[0] == how else [part] if part != neutral else []
    if len(left) < 2:
        return left[0] if left else neutral
    return (how, *left) if how == "and" else _by_force(left) or (how, *left)


def _by_force(parts: list[Term]) -> Term | None:
    """Or of "of this force, and .." as one table: each force's own condition is then found at once."""
    own: dict[int, Term] = {}
    for part in parts:
        if part[0] != "and" or part[1][:2] != ("=", FORCE) or not isinstance(part[1][2], int) or part[1][2] in own:
            return None
        own[part[1][2]] = joined("and", list(part[2:]))
    return ("of_force", tuple(own.items()), False)


def negated(condition: Term) -> Term:
    """Not the condition. Facts hold no NULL, so that every comparison has an opposite."""
    kind = condition[0]
    if kind in OPPOSITE:
        return (OPPOSITE[kind], *condition[1:])
    if kind == "not":
        return condition[1]
    if kind == "of_force":
        return ("of_force", condition[1], not condition[2])
    return {TRUE: FALSE, FALSE: TRUE}.get(condition) or ("not", condition)


def for_force(what: Term, force_id: int) -> Term:
    """The term as it reads for the rows of one force: without the force, and with its own as-of only."""
    if isinstance(what, int) or what[0] == "column":
        return force_id if what == FORCE else what
    kind = what[0]
    if kind == "of_force":
        own = next((for_force(of, force_id) for force, of in what[1] if force == force_id), FALSE)
        return negated(own) if what[2] else own
    if kind in ("and", "or"):
        return joined(kind, [for_force(part, force_id) for part in what[1:]])
    if kind == "not":
        return negated(for_force(what[1], force_id))
    if kind == "in":
        of = for_force(what[1], force_id)
        return ("in", of, what[2]) if not isinstance(of, int) else TRUE if of in what[2] else FALSE
    if kind == "case":
        return _case_of_force(what, force_id)
    if len(what) == 1:
        return what
    left, right = for_force(what[1], force_id), for_force(what[2], force_id)
    if isinstance(left, int) and isinstance(right, int):
        if kind in OPPOSITE:
            return TRUE if _COMPARE[kind](left, right) else FALSE
        return _CALCULATE[kind](left, right)
    return (kind, left, right)


def _case_of_force(what: Term, force_id: int) -> Term:
    whens, otherwise = [], for_force(what[2], force_id)
    for when, value in what[1]:
        holds, then = for_force(when, force_id), for_force(value, force_id)
        if holds == TRUE:
            otherwise = then
            break
        if holds != FALSE:
            whens.append((holds, then))
    return ("case", tuple(whens), otherwise) if whens else otherwise


_COMPARE: dict[str, Callable[..., Any]] = {sign: operator for operator, sign in COMPARED.items()}
# The rest has the sign of what is divided, as in both databases.
_CALCULATE: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "%": lambda of, by: of % by if of >= 0 else -(-of % by),
}
