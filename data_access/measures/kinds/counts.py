"""Counts: stocks, flows, their difference, and cases for each post."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from data_access.directory import Advocate
from data_access.measures.recipes import Result, Rows, Stretches
from data_access.question import Key, Question


@dataclass(frozen=True)
class Stock:
    """How many hold on the last day of each period. Never summed over periods."""

    stretches: Stretches
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows that hold on the last day of the period",
        "denominator": "empty",
        "value": "the same as the numerator",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the stretches."""
        return self.stretches.keys

    def result(self, question: Question, title: str) -> Result:
        """The stock at each period's end."""
        keys = question.chosen(self.keys, title)
        stock = self.stretches.stock(question, keys, title)
        return Result(keys, stock, None, stock.astype(float), n=stock)


@dataclass(frozen=True)
class Flow:
    """How many rows fall in each period."""

    rows: Rows
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows that fall in the period",
        "denominator": "empty",
        "value": "the same as the numerator",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """The rows of each period."""
        keys = question.chosen(self.keys, title)
        counted = self.rows.counted(question, keys, title)
        return Result(keys, counted, None, counted.astype(float), n=counted)


@dataclass(frozen=True)
class Net:
    """What came in less what went out, in each period."""

    inflow: Rows
    outflow: Rows
    columns: ClassVar[dict[str, str]] = {
        "numerator": "opened in the period",
        "denominator": "closed in the period (here not a divisor)",
        "value": "opened less closed",
        "lower, upper": "empty",
        "n": "opened plus closed",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys that both directions know."""
        return self.inflow.keys

    def result(self, question: Question, title: str) -> Result:
        """Inflow, outflow and their difference."""
        keys = question.chosen(self.inflow.keys, title)
        opened = self.inflow.counted(question, keys, title)
        closed = self.outflow.counted(question, question.chosen(self.outflow.keys, title), title)
        return Result(keys, opened, closed, (opened - closed).astype(float), n=opened + closed)


@dataclass(frozen=True)
class PerPost:
    """Cases for each whole-time post, on the last day of each period. Groups come from the posts."""

    cases: Stretches
    posts: Stretches
    fractions: ClassVar[tuple[str, ...]] = ("denominator",)
    columns: ClassVar[dict[str, str]] = {
        "numerator": "cases with a lead on the last day of the period",
        "denominator": "whole-time equivalents in post and not on long absence on that day",
        "value": "numerator / denominator",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the posts."""
        return self.posts.keys

    def result(self, question: Question, title: str) -> Result:
        """Cases per whole-time equivalent; leads not in post are a row of their own."""
        keys = question.chosen(self.posts.keys, title)
        names = [key.name for key in keys]
        of_cases = {key.name: key for key in self.cases.keys}
        # The posts are asked first: they refuse the filters that they cannot answer.
        fte = self.posts.stock(question, keys, title) / 100
        led = self.cases.stock(question, tuple(of_cases[name] for name in names), title)
        labels = {}
        if "advocate" in names:
            axis = 1 + names.index("advocate")
            led = _pooled(led, fte, axis)
            labels["advocate"] = ("not_in_post", *question.axis(keys[axis - 1]).labels[1:])
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(fte > 0, led / fte, np.nan)

        def note(place: tuple[int, ...]) -> str:
            return "the lead is not in post, or on long absence" if led[place] and not fte[place] else ""

        return Result(
            keys, led, fte, value, n=led, notes=note, keep=(fte > 0) | (led > 0) if labels else None, labels=labels
        )


def _pooled(led: np.ndarray, fte: np.ndarray, axis: int) -> np.ndarray:
    """Move the cases of leads who are not in post to the first place of the axis."""
    stray = np.where(fte > 0, 0, led)
    kept = led - stray
    first = [slice(None)] * led.ndim
    first[axis] = slice(0, 1)
    kept[tuple(first)] += stray.sum(axis=axis, keepdims=True)
    return kept


def in_post(advocate: Advocate, first: int, last: int) -> bool:
    """Whether the advocate was in post on any day of the slice."""
    return advocate.started <= last and advocate.left > first
