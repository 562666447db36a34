"""The identifiers that records are joined by, and how to tell a good one from a spoilt one."""

from fairpractice.identifiers import nhs_number, organisation, places, snomed_ct
from fairpractice.identifiers.shape import Shape


SHAPES: dict[str, Shape] = {
    "nhs_number": nhs_number.SHAPE,
    "snomed_ct": snomed_ct.SHAPE,
    "ods_code": organisation.SHAPE,
    "small_area": places.SMALL_AREA,
    "postcode": places.POSTCODE,
}

__all__ = ["SHAPES", "Shape"]
