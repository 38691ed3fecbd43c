"""What every part of a desk profile is made of: a frozen model, strict scalars, keys."""

from typing import Annotated

from pydantic import (
    AllowInfNan,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    StringConstraints,
)

from desk.faults import fault


class Model(BaseModel):
    """A part of a profile: read once, never changed, and no key in it that the schema does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


# Pydantic would read "yes" as true and "12" as twelve; in TOML, which has types, a quoted number is a slip.
Flag = Annotated[bool, Strict()]
Number = Annotated[int, Strict()]
Amount = Annotated[float, Strict(), AllowInfNan(False)]

# Keys travel in callback data of at most 64 bytes, together with what is done to them.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=24)]


def _flag_or_types(value: object) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple) and value and all(isinstance(entry, str) for entry in value):
        return tuple(value)
    raise fault("is neither true, false nor a list of types", 'write true, false or ["problem"]')


# Keys of [[types]]: what a part of the profile is for. That each exists is checked once all are known.
Types = Annotated[tuple[Key, ...], Field(min_length=1)]
FlagOrTypes = Annotated[bool | tuple[str, ...], PlainValidator(_flag_or_types)]
