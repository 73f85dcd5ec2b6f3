import hashlib
import json

from odoo.tests import tagged

from .common import WriteoffCommon

FIRST = "0" * 64


@tagged("post_install", "-at_install")
class TestLogSeal(WriteoffCommon):
    """Sealing makes a chain of the events of a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["inventory.writeoff.event"]
        cls.seals = cls.env["inventory.writeoff.seal"]
        cls.other = cls._create_company(name="Elsewhere")
        for company in cls.company | cls.other:
            cls.seals._seal(company.id)

    def _chain(self, company):
        return self.seals.search([("company_id", "=", company.id)], order="number")

    def test_chain(self):
        """Numbers without a gap, and hashes that an auditor can compute again."""
        self.events._log("tested", {self.company: {}, self.other: {}})
        self.assertEqual(self.events.search([], limit=2).mapped("seal_number"), [0, 0])
        self.seals._seal(self.company.id)
        self.events._log("tested", {self.company: {}})
        self.seals._seal(self.company.id)
        chain = self._chain(self.company)
        self.assertEqual(chain.mapped("number"), list(range(1, len(chain) + 1)))
        events = self.events.search([("company_id", "=", self.company.id)])
        self.assertEqual(chain.event_id, events.sorted("id"))
        self.assertEqual(events[0].seal_number, len(chain))
        previous = FIRST
        for seal in chain:
            content = {
                "company": self.company.id,
                "event": seal.event_id.id,
                "number": seal.number,
                "previous": previous,
                "sha256": seal.event_id.sha256,
            }
            text = json.dumps(content, sort_keys=True, separators=(",", ":"))
            self.assertEqual(seal.previous_hash, previous)
            previous = hashlib.sha256(text.encode()).hexdigest()
            self.assertEqual(seal.hash, previous)

    def test_nothing_is_sealed_twice(self):
        self.events._log("tested", {self.company: {}})
        self.assertEqual(self.seals._seal(self.company.id), 1)
        self.assertEqual(self.seals._seal(self.company.id), 0)

    def test_companies_have_chains_of_their_own(self):
        self.events._log("tested", {self.other: {}})
        length = len(self._chain(self.other))
        self.assertEqual(self.seals._seal(self.company.id), 0)
        self.assertEqual(self.seals._seal(self.other.id), 1)
        self.assertEqual(self._chain(self.other)[-1].number, length + 1)

    def test_jobs(self):
        """What a server that was stopped has left is sealed, and the log verified."""
        self.events._log("tested", {self.company: {}, self.other: {}})
        self.env.flush_all()
        for name in ("seal", "watch"):
            job = self.env.ref(f"inventory_writeoff.ir_cron_writeoff_{name}")
            with self.enter_registry_test_mode():
                job.method_direct_trigger()
        events = self.events.search([], limit=2)
        self.assertEqual(set(events.mapped("kind")), {"tested"})
        self.assertTrue(all(events.mapped("seal_number")))
