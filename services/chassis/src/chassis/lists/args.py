"""The query schemas of a list, made of its declaration: they validate what is asked and are published in OpenAPI."""

from marshmallow import Schema as AnySchema

from chassis.lists.columns import Field
from chassis.lists.fast import ListingArgs
from chassis.lists.spec import SEARCH, ListSpec
from chassis.paging import PageArgs
from chassis.schema import Schema, Text


def filter_schema(spec: ListSpec) -> type[Schema]:
    """`{name}Filter`: what a list, or a selection over it, may be narrowed by."""
    return _made(Schema, f"{spec.name}Filter", _fields(spec))


def args_schema(spec: ListSpec) -> type[Schema]:
    """`{name}Args`: the query of the list."""
    return _made(ListingArgs if spec.chooses_fields else PageArgs, f"{spec.name}Args", _fields(spec))


def _fields(spec: ListSpec) -> dict[str, Field]:
    found = {choice.name: choice.field() for choice in spec.choices}
    found |= {one.name: one.field() for one in spec.by_name.values()}
    if spec.search is not None:
        found[SEARCH] = Text(max=100, metadata={"description": spec.search.help})
    return found


def _made(base: type[Schema], name: str, made: dict[str, Field]) -> type[Schema]:
    schema: type[AnySchema] = base.from_dict(made, name=name)
    assert issubclass(schema, Schema)
    return schema
