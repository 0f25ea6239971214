"""What one engine cannot cast in one step."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
from ibis.common.patterns import replace
from ibis.expr.datatypes import int32
from ibis.expr.rewrites import p

__all__ = ["whole_numbers_of_truths"]


@replace(p.Cast)  # type: ignore[untyped-decorator]
def _through_integer(_: Any, **_kwargs: object) -> Any:
    if _.arg.dtype.is_boolean() and _.to.is_integer() and not _.to.is_int32():
        return ops.Cast(ops.Cast(_.arg, int32), _.to)
    return _


def whole_numbers_of_truths(operation: ops.Node) -> ops.Node:
    """The same operation for PostgreSQL, which casts true and false to ``integer``, and to no other whole number."""
    found: ops.Node = operation.replace(_through_integer)
    return found
