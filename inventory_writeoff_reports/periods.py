"""Periods of time, and what each is compared with."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

PRESETS = (
    "month",
    "quarter",
    "year",
    "last_month",
    "last_quarter",
    "last_year",
    "custom",
)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def get_period(preset, today, year_start):
    """Return first and last day: of running ones up to today, of past ones all of it.

    :param year_start: the day on which the fiscal year of today began
    """
    unit = preset.removeprefix("last_")
    start = get_start(unit, today, year_start)
    if unit == preset:
        return start, today
    return start - relativedelta(months=MONTHS[unit]), start - timedelta(days=1)


def get_start(unit, day, year_start):
    """Return the first day of the month, quarter or fiscal year that a day is in."""
    if unit == "year":
        return year_start
    month = day.replace(day=1)
    return month - relativedelta(months=(month.month - 1) % MONTHS[unit])


def get_previous(preset, start, end):
    """Return the period before: the same days, one month, quarter or year earlier.

    A whole one is compared with a whole one, though months differ in length. Before a
    period of one's own choice come just as many days.
    """
    months = MONTHS.get(preset.removeprefix("last_"))
    if not months:
        days = (end - start).days + 1
        return start - timedelta(days=days), start - timedelta(days=1)
    before = start - relativedelta(months=months)
    if end + timedelta(days=1) == start + relativedelta(months=months):
        return before, start - timedelta(days=1)
    return before, min(end - relativedelta(months=months), start - timedelta(days=1))


def get_overlap(first, second):
    """Return how many days two periods have in common."""
    start, end = max(first[0], second[0]), min(first[1], second[1])
    return max((end - start).days + 1, 0)
