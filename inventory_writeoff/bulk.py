"""One value for each of many records, written as one."""

from .writer import as_writer


def write_each(name, values):
    """Write a field of many records, what depends on it and who wrote it only once.

    For fields that only code may write: an override of `write` is told of no value.

    :param values: {record: value}
    """
    if not values:
        return
    first, *others = values
    records = as_writer(first.concat(*others))
    records.write({})
    for record, value in zip(records, values.values(), strict=True):
        records._fields[name].write(record, value)
    records.modified([name])
