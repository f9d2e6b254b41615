"""Frozen values and their canonical form: the bytes that fingerprints and results are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
)


class Frozen(BaseModel):
    """A value: immutable, compared by content, refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Grown(Frozen):
    """A value that got fields after values of it were digested.

    A younger field is silent while it has its default, so that what was written before it keeps its digest.
    """

    younger: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _serialize(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = handler(self)
        for name in self.younger:
            if getattr(self, name) == type(self).model_fields[name].default:
                said.pop(name, None)
        return said


def _as_fraction(value: object) -> object:
    if type(value) is Fraction:  # nearly always: results are made of them
        return value
    if isinstance(value, float):
        raise ValueError("un nombre à virgule flottante n’est pas exact")
    return Fraction(value) if isinstance(value, (str, int, Decimal)) else value


Exact = Annotated[
    Fraction,
    BeforeValidator(_as_fraction),
    PlainSerializer(str, return_type=str),
]
"""A rational number, exact; written « 5/12 » in JSON."""


def _plain(value: Decimal) -> Decimal:
    return Decimal(format(value.normalize(), "f"))


Nombre = Annotated[Decimal, AfterValidator(_plain)]
"""A figure: 2, 2.0 and 2.00 are the same, and have the same digest."""


def round_half_up(value: Fraction, places: int = 1) -> Decimal:
    """Round an exact number half up, away from binary surprises: 0.25 → 0.3 at one place, −0.25 → −0.3."""
    rounded = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    return Decimal(-rounded if value < 0 else rounded).scaleb(-places)


def exact_sum(values: Sequence[Fraction]) -> Fraction:
    """The exact sum over one common denominator: several times faster than adding fractions one by one."""
    common = lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (common // value.denominator) for value in values), common)


def percent(share: Fraction) -> Decimal:
    """A share (0 to 1) as the displayed percentage, one decimal, half up."""
    return round_half_up(share * 100)


def plain(value: object) -> Any:
    """The value as JSON knows it: models as objects, decimals and fractions as text, dates as ISO."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (Decimal, Fraction)):
        return str(value)
    return value


def canonical(value: object) -> str:
    """Canonical JSON: sorted keys, no blanks, UTF-8 text as it is. Equal values, equal text."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return sha256(canonical(value).encode())


def sha256(content: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
