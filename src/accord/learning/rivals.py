"""What a scorecard is held against: logistic regression on every value, and gradient boosting."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from accord.errors import AccordError
from accord.language import gettext as _
from accord.learning.frame import Field, Frame
from accord.learning.logistic import Prior, fit_logistic

__all__ = ["BOOSTING_NEEDS", "boosting_chances", "can_boost", "logistic_chances"]

Floats = npt.NDArray[np.float64]

BOOSTING_NEEDS = "pip install 'accord[learn]'"

_MOST_WORDS = 200
_MANY = 50_000
_PRECISION = 0.5
_SETTINGS = ((0.05, 100, 8), (0.05, 200, 8), (0.05, 200, 15))
"""Learning rate, trees, leaves a tree: from careful to bold."""


def logistic_chances(older: Frame, newer: Frame) -> Floats:
    """Chances of ``newer`` from a ridge logistic regression on ``older``.

    Every word that 30 leads have is a column, a number enters as standardised value and as its logarithm, missing cells
    as a column of their own; touches as counts by kind.
    """
    columns = [np.ones((older.size, 1))]
    others = [np.ones((newer.size, 1))]
    for name, one in older.fields.items():
        own, theirs = _expanded(one, newer.fields[name])
        columns.append(own)
        others.append(theirs)
    if older.touches is not None and newer.touches is not None:
        columns.append(np.log1p(_touch_counts(older)))
        others.append(np.log1p(_touch_counts(newer)))
    design = np.hstack(columns)
    precision = np.full(design.shape[1], _PRECISION)
    precision[0] = 0.0
    bounds = np.full(design.shape[1], np.inf)
    prior = Prior(np.zeros(design.shape[1]), precision, -bounds, bounds)
    fit = fit_logistic(design, older.good, prior, older.weights)
    return np.asarray(expit(np.hstack(others) @ fit.coefficients))


def _expanded(one: Field, other: Field) -> tuple[Floats, Floats]:
    if one.kind == "number":
        return _numbers(one.values, one.values), _numbers(other.values, one.values)
    counts = np.bincount(one.codes + 1, minlength=len(one.words) + 1)
    common = np.flatnonzero(counts >= 30) - 1
    return (
        (one.codes[:, None] == common).astype(np.float64),
        (other.codes[:, None] == common).astype(np.float64),
    )


def _numbers(values: Floats, seen: Floats) -> Floats:
    known = seen[~np.isnan(seen)]
    if not known.size:
        return np.zeros((values.size, 0))
    columns = [np.isnan(values).astype(np.float64)]
    filled = np.where(np.isnan(values), np.median(known), values)
    for shape in (filled, np.sign(filled) * np.log1p(np.abs(filled))):
        like = known if shape is filled else np.sign(known) * np.log1p(np.abs(known))
        spread = float(like.std())
        columns.append((shape - float(like.mean())) / spread if spread > 0 else np.zeros(values.size))
    return np.column_stack(columns)


def _touch_counts(frame: Frame) -> Floats:
    touches = frame.touches
    assert touches is not None
    kinds = len(touches.kinds)
    counts = np.bincount(touches.row * kinds + touches.kind, minlength=frame.size * kinds)
    return counts.reshape(frame.size, kinds).astype(np.float64)


def can_boost() -> bool:
    """Whether scikit-learn, of the extra ``learn``, is installed."""
    return find_spec("sklearn") is not None


def boosting_chances(older: Frame, newer: Frame) -> Floats:
    """Chances of ``newer`` from gradient boosting on ``older``.

    How bold it is, is chosen on the newest fifth of ``older``. ``AccordError`` where scikit-learn is not installed.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - an extra, and seconds to load
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn
    except ImportError as error:
        raise AccordError(
            _("Gradient boosting needs scikit-learn: {command}").format(command=BOOSTING_NEEDS)
        ) from error
    own, theirs, words = _trees(older, older), _trees(newer, older), _is_words(older)
    middle = older.size - round(older.size * 0.2)
    best, chosen = -np.inf, _SETTINGS[0]
    even = bool((older.weights == 1).all())

    def model(settings: tuple[float, int, int]) -> HistGradientBoostingClassifier:
        rate, trees, leaves = settings
        return HistGradientBoostingClassifier(
            learning_rate=rate,
            max_iter=trees,
            max_leaf_nodes=leaves,
            categorical_features=words,
            early_stopping=False,
            random_state=1,
        )

    # On so few leads several threads wait for each other far longer than they work.
    with threadpool_limits(1 if older.size < _MANY else None, "openmp"):
        if older.good[:middle].any() and not older.good[:middle].all():
            for settings in _SETTINGS:
                tried = model(settings).fit(own[:middle], older.good[:middle], None if even else older.weights[:middle])
                chance = np.clip(tried.predict_proba(own[middle:])[:, 1], 1e-6, 1 - 1e-6)
                good = older.good[middle:]
                explained = float(np.where(good, np.log(chance), np.log1p(-chance)).sum())
                if explained > best:
                    best, chosen = explained, settings
        fitted = model(chosen).fit(own, older.good, None if even else older.weights)
        return np.asarray(fitted.predict_proba(theirs)[:, 1])


def _trees(frame: Frame, like: Frame) -> Floats:
    """One column per field; of words, the most frequent ones of ``like`` are told apart."""
    columns = []
    for name, one in frame.fields.items():
        if one.kind == "number":
            columns.append(one.values)
        else:
            known = like.fields[name].codes
            often = np.argsort(-np.bincount(known[known >= 0], minlength=len(one.words)), kind="stable")
            rank = np.full(len(one.words) + 1, np.nan)
            rank[often[:_MOST_WORDS]] = np.arange(min(len(often), _MOST_WORDS))
            columns.append(rank[one.codes])
    if frame.touches is not None:
        columns.extend(_touch_counts(frame).T)
    return np.column_stack(columns) if columns else np.zeros((frame.size, 1))


def _is_words(frame: Frame) -> npt.NDArray[np.bool_]:
    flags = [one.kind != "number" for one in frame.fields.values()]
    if frame.touches is not None:
        flags += [False] * len(frame.touches.kinds)
    return np.array(flags or [False])
