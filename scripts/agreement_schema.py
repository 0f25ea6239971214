"""Write the JSON Schema of accord.yaml anew: beside the documentation, and in the package."""

from __future__ import annotations

from pathlib import Path

from accord.agreement.publishing import schema_text

ROOT = Path(__file__).parent.parent
PLACES = (ROOT / "docs" / "schema" / "accord.schema.json", ROOT / "src" / "accord" / "agreement" / "accord.schema.json")

if __name__ == "__main__":
    for place in PLACES:
        place.write_text(schema_text(), encoding="utf-8")
