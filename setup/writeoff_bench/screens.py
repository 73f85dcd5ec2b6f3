"""What the web client asks for when a screen is opened."""

from __future__ import annotations

from typing import Any

from lxml import etree

# The web client's pages of a list, inside a form and by itself.
ROWS_IN_FORM = 40
ROWS = 80


def open_form(record: Any) -> list[dict[str, Any]]:
    """Read a record as its form does: its fields, and the first page of its items."""
    arch = record.get_views([(False, "form")])["views"]["form"]["arch"]
    return record.web_read(get_specification(record, etree.fromstring(arch)))


def open_list(model: Any, kind: str = "list") -> dict[str, Any]:
    """Read the first page of a list or kanban, and how many there are."""
    arch = model.get_views([(False, kind)])["views"][kind]["arch"]
    specification = get_specification(model, etree.fromstring(arch))
    return model.web_search_read([], specification, limit=ROWS, count_limit=10001)


def search_lines(record: Any) -> dict[str, Any]:
    """Look for an item among those of a large write-off."""
    lines = record.line_ids.browse()
    arch = lines.get_views([(False, "list")])["views"]["list"]["arch"]
    domain = [("writeoff_id", "=", record.id), ("product_id", "ilike", "77")]
    return lines.web_search_read(
        domain, get_specification(lines, etree.fromstring(arch)), limit=ROWS
    )


def get_specification(model: Any, view: Any) -> dict[str, Any]:
    """What to read for a view: its fields, and the fields of lists inside it."""
    specification: dict[str, Any] = {}
    for node in view.iter("field"):
        name = node.get("name")
        if name not in model._fields or get_owner(node) is not view:
            continue
        specification[name] = describe(model, model._fields[name], node)
    return specification


def get_owner(node: Any) -> Any:
    """The view that a field stands in."""
    return next(
        (parent for parent in node.iterancestors("list", "kanban", "form")), None
    )


def describe(model: Any, field: Any, node: Any) -> dict[str, Any]:
    """What to read of a field."""
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type not in ("one2many", "many2many"):
        return {}
    inside = next((child for child in node if child.tag in ("list", "kanban")), None)
    if inside is None:
        return {"fields": {"display_name": {}}, "limit": ROWS_IN_FORM}
    lines = model.env[field.comodel_name]
    limit = int(inside.get("limit", ROWS_IN_FORM))
    return {"fields": get_specification(lines, inside), "limit": limit}
