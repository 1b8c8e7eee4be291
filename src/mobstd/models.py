"""What every model of a standard is: read tolerantly, written back as it was read.

Models are for people who write programs; verdicts come from the JSON Schemas. So a model keeps
what it does not know, takes values that an enumeration does not list, and puts optional members
that it cannot read aside instead of failing (``unread``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationError

from mobstd.canon.validator import Problem
from mobstd.codecs import Amount, EpochSeconds, TimeOfDay
from mobstd.errors import RefusedDocument
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.pointer import join

__all__ = ["Amount", "EpochSeconds", "Model", "TimeOfDay", "problems_of", "unreadable"]

_READING = {"mobstd": "reading"}
_NOTHING: Mapping[str, Any] = {}
_CONTAINERS = frozenset({dict, list})


class Model(BaseModel):
    """A document of a standard.

    Built by hand, it is checked like any pydantic model. Read with ``read`` or ``from_json``, it
    is tolerant, and ``dump`` and ``to_json`` give back what was read: equal as a JSON value, in
    the order of its keys, with members that the model does not know, and each number spelled as
    it was. What was changed since, is changed; what was never set, is left out.
    """

    __slots__ = ("_read", "_unread")

    model_config = ConfigDict(
        defer_build=True,
        extra="allow",
        hide_input_in_errors=True,
        protected_namespaces=(),
        serialize_by_alias=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    """Fields about a person: ``repr`` says that they are there, not what they say."""

    @classmethod
    def read(cls, document: Any) -> Self:
        """Return the model of a parsed JSON document; members are known by their wire names only.

        Raises:
            RefusedDocument: where a required member is missing or cannot be read; ``problems``
                says which.
        """
        try:
            return cls.model_validate(document, by_alias=True, by_name=False, context=_READING)
        except ValidationError as error:
            raise unreadable(cls, error) from None

    @classmethod
    def read_all(cls, documents: list[Any]) -> list[Self]:
        """Return the models of a list of documents: faster than one by one.

        Raises:
            RefusedDocument: where any of them cannot be read; paths begin with its index.
        """
        try:
            return _lists(cls).validate_python(
                documents, by_alias=True, by_name=False, context=_READING
            )
        except ValidationError as error:
            raise unreadable(cls, error) from None

    @classmethod
    def from_json(cls, raw: bytes | str) -> Self:
        """Return the model of a JSON text.

        Raises:
            RefusedDocument: where it is not JSON, or as ``read``.
        """
        try:
            return cls.read(parse_json(raw))
        except NotJson as error:
            raise RefusedDocument(
                "models.not-json", model=cls.__name__, reason=error.reason
            ) from None

    def dump(self) -> dict[str, Any]:
        """Return the document as a JSON value, by wire names.

        Raises:
            RefusedDocument: where a field was given a value that JSON cannot say.
        """
        try:
            dumped: dict[str, Any] = self.model_dump(mode="json", by_alias=True, warnings=False)
        except PydanticSerializationError:
            raise RefusedDocument("models.unwritable", model=type(self).__name__) from None
        return dumped

    def to_json(self) -> str:
        """Return the document as JSON in canonical form: compact, characters not escaped."""
        return json.dumps(self.dump(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @property
    def unread(self) -> Mapping[str, Any]:
        """The optional members that could not be read, raw, by wire name."""
        return _slot(self, "_unread")

    @model_validator(mode="wrap")
    @classmethod
    def _take(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if info.context is not _READING or data.__class__ is not dict:
            return handler(data)
        try:
            made = handler(data)
        except ValidationError as error:
            unread = _optional(cls, error)
            if not unread:
                raise
            made = handler({key: value for key, value in data.items() if key not in unread})
            _put(made, "_unread", {key: data[key] for key in data if key in unread})
        _put(made, "_read", data)
        return made

    @model_serializer(mode="wrap")
    def _give(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        written = handler(self)
        return (
            _as_read(self, written)
            if info.mode == "json" and info.by_alias is not False
            else written
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(_without_serializer(core_schema))

    def __repr_args__(self) -> Any:
        for name in type(self).__pydantic_fields__:
            if name in self.model_fields_set:
                yield name, (_Hidden() if name in self.PERSONAL else getattr(self, name))
        for name, value in (self.model_extra or _NOTHING).items():
            yield name, (_Hidden() if self.PERSONAL else value)

    def __copy__(self) -> Self:
        return _keep(self, super().__copy__())

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return _keep(self, super().__deepcopy__(memo))

    def __getstate__(self) -> dict[Any, Any]:
        return {**super().__getstate__(), "read": _slot(self, "_read"), "unread": self.unread}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        _put(self, "_read", state.get("read", _NOTHING))
        _put(self, "_unread", state.get("unread", _NOTHING))


M = TypeVar("M", bound=Model)


class _Hidden:
    def __repr__(self) -> str:
        return "…"


def _without_serializer(core_schema: Any) -> Any:
    """Return the schema of the fields themselves: what our serializer writes is what they say."""
    plain = {key: value for key, value in core_schema.items() if key != "serialization"}
    if str(plain["type"]).startswith("function"):
        plain["schema"] = _without_serializer(plain["schema"])
    return plain


def unreadable(kind: type[Model], error: ValidationError) -> RefusedDocument:
    """Return the error for a document that a model cannot hold."""
    problems = problems_of(error)
    first = problems[0]
    where = join([*first.path, *([first.member] if first.member else [])])
    return RefusedDocument("models.unreadable", problems, model=kind.__name__, where=where)


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Return what pydantic found in the words of JSON Schema, without the values."""
    problems = []
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        path, keyword = tuple(one["loc"]), _KEYWORDS.get(one["type"], "type")
        member = str(path[-1]) if keyword in ("required", "additionalProperties") and path else None
        path = path if member is None else path[:-1]
        problems.append(Problem(path, keyword, member, None, None, one["msg"]))
    return tuple(problems)


_KEYWORDS = {
    "extra_forbidden": "additionalProperties",
    "greater_than": "exclusiveMinimum",
    "greater_than_equal": "minimum",
    "less_than": "exclusiveMaximum",
    "less_than_equal": "maximum",
    "literal_error": "enum",
    "missing": "required",
    "string_pattern_mismatch": "pattern",
    "string_too_long": "maxLength",
    "string_too_short": "minLength",
    "time_format": "format",
    "instant_range": "format",
    "too_long": "maxItems",
    "too_short": "minItems",
}


def _slot(model: Model, name: str) -> Mapping[str, Any]:
    """Return what a slot holds; pydantic's own look-up would go on to unknown members."""
    try:
        value: Mapping[str, Any] = object.__getattribute__(model, name)
    except AttributeError:
        return _NOTHING
    return value


_put = object.__setattr__


def _keep(model: M, copied: M) -> M:
    for name in ("_read", "_unread"):
        _put(copied, name, _slot(model, name))
    return copied


@cache
def _lists(kind: type[M]) -> TypeAdapter[list[M]]:
    return TypeAdapter(list[kind])  # type: ignore[valid-type]


@cache
def _names(kind: type[Model]) -> dict[str, str]:
    """Return the fields of a model: wire name to attribute."""
    return {field.alias or name: name for name, field in kind.__pydantic_fields__.items()}


def _optional(kind: type[Model], error: ValidationError) -> set[str]:
    """Return the members that could not be read, or nothing where a required one is among them."""
    names, found = _names(kind), set()
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        key = one["loc"][0] if one["loc"] else None
        if not isinstance(key, str) or key not in names:
            return set()
        if kind.__pydantic_fields__[names[key]].is_required():
            return set()
        found.add(key)
    return found


def _as_read(model: Model, written: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was never set; put the rest in the order and spelling in which it came."""
    names, known = _names(type(model)), _set_fields(model)
    now = {k: value for k, value in written.items() if k not in names or names[k] in known}
    if model.unread:
        now = {**model.unread, **now}
    read = _slot(model, "_read")
    if now == read:
        return {k: now[k] if raw.__class__ in _CONTAINERS else raw for k, raw in read.items()}
    before: list[Model] = []
    kept = {key: now.pop(key) for key in read if key in now}
    for key, value in kept.items():
        raw = read[key]
        if value != raw:
            if key in names and _unchanged(model, names[key], before):
                kept[key] = deepcopy(raw)
        elif raw.__class__ not in _CONTAINERS:
            kept[key] = raw
    return kept | now


def _set_fields(model: Model) -> set[str]:
    """Return the fields that were set; an unknown member may be called like one that was not."""
    known, extra = model.__pydantic_fields_set__, model.__pydantic_extra__
    if not extra or extra.keys().isdisjoint(model.__pydantic_fields__):
        return known
    read, fields = _slot(model, "_read"), model.__pydantic_fields__
    return {
        name
        for name in known & fields.keys()
        if name not in extra
        or (fields[name].alias or name) in read
        or getattr(model, name) != fields[name].get_default(call_default_factory=True)
    }


def _unchanged(model: Model, name: str, before: list[Model]) -> bool:
    """Say whether a field still has what was read, though it is written in another way."""
    if not before:
        before.append(type(model).read(_slot(model, "_read")))
    return bool(getattr(before[0], name) == getattr(model, name))
