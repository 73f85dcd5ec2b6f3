from datetime import date

from odoo.tests import BaseCase, tagged

from ..periods import get_overlap, get_period, get_previous

TODAY, YEAR = date(2026, 5, 31), date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    """Days of each period, and of the one that it is compared with."""

    def test_presets(self):
        for preset, period, previous in (
            ("month", ("05-01", "05-31"), ("04-01", "04-30")),
            ("quarter", ("04-01", "05-31"), ("01-01", "02-28")),
            ("last_month", ("04-01", "04-30"), ("03-01", "03-31")),
            ("last_quarter", ("01-01", "03-31"), ("2025-10-01", "2025-12-31")),
            ("year", ("01-01", "05-31"), ("2025-01-01", "2025-05-31")),
            ("last_year", ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        ):
            with self.subTest(preset):
                days = get_period(preset, TODAY, YEAR)
                self.assertEqual(days, self._parse(period))
                self.assertEqual(get_previous(preset, *days), self._parse(previous))

    def _parse(self, days):
        return tuple(
            date.fromisoformat(day if len(day) > 5 else f"2026-{day}") for day in days
        )

    def test_running_periods_are_compared_with_the_same_days(self):
        days = get_period("month", date(2026, 3, 20), YEAR)
        self.assertEqual(
            get_previous("month", *days), (date(2026, 2, 1), date(2026, 2, 20))
        )
        # The 30 days of March are compared with all of February.
        days = get_period("month", date(2026, 3, 30), YEAR)
        self.assertEqual(
            get_previous("month", *days), (date(2026, 2, 1), date(2026, 2, 28))
        )

    def test_own_periods_are_compared_with_as_many_days(self):
        self.assertEqual(
            get_previous("custom", date(2026, 3, 10), date(2026, 3, 19)),
            (date(2026, 2, 28), date(2026, 3, 9)),
        )

    def test_fiscal_years_that_start_in_july(self):
        days = get_period("last_year", TODAY, date(2025, 7, 1))
        self.assertEqual(days, (date(2024, 7, 1), date(2025, 6, 30)))

    def test_overlap(self):
        march = date(2026, 3, 1), date(2026, 3, 31)
        for other, days in (
            ((date(2026, 3, 31), date(2026, 4, 30)), 1),
            ((date(2026, 1, 1), date(2026, 12, 31)), 31),
            ((date(2026, 4, 1), date(2026, 4, 30)), 0),
        ):
            self.assertEqual(get_overlap(march, other), days)
