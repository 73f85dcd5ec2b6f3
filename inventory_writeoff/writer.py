"""The key to what only this add-on's own code may do.

A remote call can send any text, number or list in its context, but no Python
object: a context that holds this very object was made by code of this add-on.
"""

WRITER = object()
WRITER_KEY = "inventory_writeoff_writer"
# Set on a transaction in which this add-on's own code has written stock moves.
HOLDS_WRITTEN = "inventory_writeoff.holds_written"


# What of a caller's context reaches the code behind the guards. Anything else (defaults
# of fields, switches of Odoo's own code) would let a remote call steer it.
KEPT_KEYS = ("lang", "tz", "allowed_company_ids")


def as_writer(records):
    """Return the same records, allowed to pass the guards of write-offs."""
    context = records.env.context
    kept = {key: context[key] for key in KEPT_KEYS if key in context}
    return records.with_context(kept, **{WRITER_KEY: WRITER})


def is_writer(env):
    """Tell whether this environment was made by `as_writer`."""
    return env.context.get(WRITER_KEY) is WRITER


def get_code_only(model):
    """Return the fields that no form, import or remote call may set: the readonly."""
    return {name for name, field in model._fields.items() if field.readonly}


def drop_code_only(model, vals_list):
    """Return the model and the values to create, without what only code may set.

    Neither values nor defaults in the context get through.
    """
    code_only = get_code_only(model)
    defaults = {f"default_{name}" for name in code_only}
    context = {k: v for k, v in model.env.context.items() if k not in defaults}
    vals_list = [
        {name: value for name, value in vals.items() if name not in code_only}
        for vals in vals_list
    ]
    return model.with_env(model.env(context=context)), vals_list
