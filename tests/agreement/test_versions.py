"""Versions in force by their signatures, against a plain reading of the list of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.versions import SIDES, AgreementVersion, Register, Signature, Standing

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def version(label: str, **signed: int) -> AgreementVersion:
    """A version that each side named signed so many hours after :data:`DAY`."""
    signatures = tuple(
        Signature(side, "Ann", "", DAY + timedelta(hours=signed[side])) for side in SIDES if side in signed
    )
    return AgreementVersion(f"{label:0>64}", "Ours", label, DAY, signatures)


def test_a_version_is_in_force_from_its_second_signature_to_that_of_the_next() -> None:
    register = Register(
        (
            version("1", marketing=1, sales=5),
            version("2", marketing=2),
            version("3", sales=9, marketing=7),
        )
    )
    spans = [(span.version.version, span.start, span.end) for span in register.spans()]
    assert spans == [
        ("1", DAY + timedelta(hours=5), DAY + timedelta(hours=9)),
        ("3", DAY + timedelta(hours=9), None),
    ]
    assert register.in_force(DAY) is None
    assert [
        known.version if (known := register.in_force(DAY + timedelta(hours=hour))) else None for hour in (4, 5, 8, 9)
    ] == [None, "1", "1", "3"]
    assert register.versions[1].missing == ("sales",)


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 20), st.none() | st.integers(0, 20)),
        max_size=6,
    ),
    st.integers(-1, 21),
)
def test_in_force_at_any_moment(signed: list[tuple[int | None, int | None]], at: int) -> None:
    versions = tuple(
        version(str(place), **{side: hour for side, hour in zip(SIDES, hours, strict=True) if hour is not None})
        for place, hours in enumerate(signed)
    )
    register = Register(versions)
    # Plain reading: of those both had signed by then, the one completed last; at one moment the one proposed later.
    done = [
        (max(hours), str(place))  # type: ignore[type-var]
        for place, hours in enumerate(signed)
        if None not in hours and max(hours) <= at  # type: ignore[type-var, operator]
    ]
    found = register.in_force(DAY + timedelta(hours=at))
    assert (found.version if found else None) == (max(done)[1] if done else None)
    spans = register.spans()
    assert all(span.end == following.start for span, following in pairwise(spans))
    assert [span.end is None for span in spans].count(True) == min(len(spans), 1)


def test_what_a_content_is() -> None:
    register = Register((version("1", marketing=1, sales=5), version("2", sales=9, marketing=7), version("3", sales=9)))
    digests = [known.digest for known in register.versions]
    assert register.standing("1", digests[0]) is Standing.REPLACED
    assert register.standing("2", digests[1]) is Standing.IN_FORCE
    assert register.standing("3", digests[2]) is Standing.PROPOSED
    assert register.standing("4", "f" * 64) is Standing.DRAFT
    assert register.standing("2", "f" * 64) is Standing.CONTRADICTS
    assert Register().standing("0", "f" * 64) is Standing.DRAFT
