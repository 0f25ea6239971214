"""Which handoffs the lot drew below the threshold, and for how many leads each stands.

Only what the store marked as drawn was drawn: a lead below the threshold that a person put forward, that another system
handed over, or that an older agreement let through is no part of the sample, and stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from accord.agreement.load import agreement_of
from accord.learning.frame import Floats
from accord.store.address import address_of
from accord.store.agreements import SIGNED_FORMAT, content_kept, register_of
from accord.store.database import Store, open_store
from accord.store.handing import TRACED_FORMAT, explored_handoffs
from accord.workspace import Workspace

__all__ = ["drawn_shares", "stands_for"]


def drawn_shares(workspace: Workspace) -> dict[str, float]:
    """Handoffs that the exploration drew → the share of leads that was drawn then.

    Where the handoff did not keep the share, it is that of the version it was made under, or of the agreement in force.
    """
    address = address_of(workspace.database_url)
    if address.path is not None and not address.path.exists():
        return {}
    with open_store(workspace.database_url, read_only=True) as store:
        if store.layout.version < TRACED_FORMAT:
            return {}
        found = explored_handoffs(store.session)
        by_digest = {digest: _share_of(store, digest) for share, digest in found.values() if share is None}
    kept = workspace.agreement.qualification
    now = kept.exploration.share if kept is not None else 0.0
    shares = {handoff: share or by_digest.get(digest) or now for handoff, (share, digest) in found.items()}
    return {handoff: share for handoff, share in shares.items() if share > 0}


def _share_of(store: Store, digest: str | None) -> float | None:
    if digest is None or store.layout.version < SIGNED_FORMAT:
        return None
    if not any(version.digest == digest for version in register_of(store.session).versions):
        return None  # the file it came from was never proposed
    kept = agreement_of(content_kept(store.session, digest)[0]).qualification
    return kept.exploration.share if kept is not None else None


def stands_for(handoffs: Sequence[str], shares: dict[str, float]) -> Floats:
    """Inverse probability of having been handed over: ``1 / share`` for a lead that was drawn, 1 for every other."""
    return np.array([1 / shares.get(handoff, 1.0) for handoff in handoffs], dtype=np.float64)
