"""What every section of the agreement has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Part"]


class Part(BaseModel):
    """A mapping of the file: its keys are known, and a key without a value means its default.

    Defaults may be mutable (RUF012): pydantic gives every instance its own copy. A key that is a word of Python
    (``in``, ``from``) has another name in the code, and its own as alias.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        optional = {field.alias or name for name, field in cls.model_fields.items() if not field.is_required()}
        return {key: value for key, value in data.items() if value is not None or key not in optional}
