"""Cross-products of a model one of whose blocks is diagonal, and their inverse, without ever laying that block out.

A dimension with thousands of values (who received the lead) has a diagonal block: no lead has two of them. Taking it
out first (the Schur complement) leaves a matrix of the few hundred other columns, so time grows with the number of
values and no longer with its cube.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from accord.stats.functions import linalg

__all__ = ["Inverse", "Products"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Products:
    """Symmetric: ``core`` of the columns ``inner``, ``border`` between them and ``outer``, ``own`` on outer's diagonal.

    >>> inner, outer = np.array([0]), np.array([1, 2])
    >>> small = Products(np.array([[3.0]]), np.array([[1.0, 2.0]]), np.array([4.0, 5.0]), inner, outer)
    >>> small.dense()
    array([[3., 1., 2.],
           [1., 4., 0.],
           [2., 0., 5.]])
    """

    core: Floats
    border: Floats
    own: Floats
    inner: Places
    outer: Places

    @property
    def size(self) -> int:
        """Number of columns in all."""
        return self.inner.size + self.outer.size

    @property
    def diagonal(self) -> Floats:
        """The diagonal, in the order of the columns."""
        answer = np.empty(self.size)
        answer[self.inner], answer[self.outer] = np.diag(self.core), self.own
        return answer

    def dense(self) -> Floats:
        """The whole matrix, for a look at it."""
        answer = np.zeros((self.size, self.size))
        answer[np.ix_(self.inner, self.inner)] = self.core
        answer[np.ix_(self.inner, self.outer)] = self.border
        answer[np.ix_(self.outer, self.inner)] = self.border.T
        answer[self.outer, self.outer] = self.own
        return answer

    def with_columns(self, after: int, crossed: Floats) -> Products:
        """The same with more columns after the first ``after``; ``crossed``: each new one with all, theirs included.

        Columns up to ``after`` are inner ones.
        """
        new = crossed.shape[0]
        if not new:
            return self
        shift = np.concatenate([np.arange(after), np.arange(after, self.size) + new])
        inner, outer = shift[self.inner], shift[self.outer]
        added = np.arange(after, after + new)
        order = np.sort(np.concatenate([inner, added]))
        core = np.zeros((order.size, order.size))
        old, fresh = np.searchsorted(order, inner), np.searchsorted(order, added)
        core[np.ix_(old, old)] = self.core
        core[fresh] = crossed[:, order]
        core[:, fresh] = crossed[:, order].T
        border = np.zeros((order.size, outer.size))
        border[old] = self.border
        border[fresh] = crossed[:, outer]
        return Products(core, border, self.own, order, outer)

    def without(self, column: int) -> Products:
        """The same less one of the ``inner`` columns."""
        place = int(np.searchsorted(self.inner, column))
        kept = np.delete(np.arange(self.inner.size), place)
        inner = self.inner[kept]
        inner, outer = inner - (inner > column), self.outer - (self.outer > column)
        return Products(self.core[np.ix_(kept, kept)], self.border[kept], self.own, inner, outer)

    def inverse(self, penalty: Floats) -> Inverse:
        """Of these products with ``penalty`` added to the diagonal."""
        spread = self.own + penalty[self.outer]
        root = np.sqrt(spread)
        narrowed = self.border / root
        core = self.core + np.diag(penalty[self.inner]) - narrowed @ narrowed.T  # times itself: half is worked out
        narrowed /= root
        factor, lower = linalg.cho_factor(core, lower=True)
        inverted = linalg.cho_solve((factor, lower), np.eye(self.inner.size))
        whole = np.asarray((inverted + inverted.T) / 2)
        return Inverse(whole, factor, narrowed, 1 / spread, self.inner, self.outer)


@dataclass(frozen=True, eq=False)
class Inverse:
    """What :meth:`Products.inverse` gives: multiplied out only as far as asked for.

    ``factor``: lower triangular (what stands above means nothing); ``core`` is the inverse of it times itself turned.
    """

    core: Floats
    factor: Floats
    narrowed: Floats
    own: Floats
    inner: Places
    outer: Places

    def times(self, vector: Floats) -> Floats:
        """The inverse times ``vector``."""
        answer = np.empty(vector.size)
        inside = self.core @ (vector[self.inner] - self.narrowed @ vector[self.outer])
        answer[self.inner] = inside
        answer[self.outer] = self.own * vector[self.outer] - self.narrowed.T @ inside
        return answer

    def quadratic(self, vector: Floats) -> float:
        """``vector`` · inverse · ``vector``."""
        beside = vector[self.outer]
        inside = vector[self.inner] - self.narrowed @ beside
        return float(inside @ self.core @ inside + (self.own * beside) @ beside)

    def columns(self, chosen: Places) -> Floats:
        """Some columns of the inverse, all of them ``inner`` ones."""
        inside = self.core[:, np.searchsorted(self.inner, chosen)]
        answer = np.empty((self.inner.size + self.outer.size, chosen.size))
        answer[self.inner], answer[self.outer] = inside, -self.narrowed.T @ inside
        return answer

    @cached_property
    def diagonal(self) -> Floats:
        """Variances, in the order of the columns."""
        answer = np.empty(self.inner.size + self.outer.size)
        answer[self.inner] = np.diag(self.core)
        # half of what multiplying by the core takes
        halfway = linalg.blas.dtrsm(1.0, self.factor, self.narrowed.T, side=1, lower=1, trans_a=1)
        answer[self.outer] = self.own + np.einsum("mi,mi->m", halfway, halfway)
        return answer
