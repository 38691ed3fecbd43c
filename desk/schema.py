"""What every part of a desk profile is made of: a frozen model, strict scalars, keys."""

from typing import Annotated

from pydantic import AllowInfNan, BaseModel, ConfigDict, Strict, StringConstraints


class Model(BaseModel):
    """A part of a profile: read once, never changed, and no key in it that the schema does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


# Pydantic would read "yes" as true and "12" as twelve; in TOML, which has types, a quoted number is a slip.
Flag = Annotated[bool, Strict()]
Number = Annotated[int, Strict()]
Amount = Annotated[float, Strict(), AllowInfNan(False)]

# Keys travel in callback data of at most 64 bytes, together with what is done to them.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=24)]
