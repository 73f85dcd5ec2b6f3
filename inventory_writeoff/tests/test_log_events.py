import json

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestLogEvents(WriteoffCommon):
    """Every step leaves its event, with what it was about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_product("Vase")
        cls.events = cls.env["inventory.writeoff.event"]

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 20, 10.0)

    def _kinds(self, writeoff):
        return writeoff.event_ids.sorted("id").mapped("kind")

    def _payload(self, record, kind):
        events = self.events.search([("kind", "=", kind)], order="id desc")
        if record._name == "inventory.writeoff":
            events = events.filtered(lambda event: event.writeoff_id.id == record.id)
        return json.loads(events[0].payload)

    def test_story(self):
        writeoff = self._post((self.product, 4))
        events = writeoff.event_ids.sorted("id")
        self.assertRecordValues(
            events,
            [
                {"kind": "held", "user_id": self.requester.id, "is_superuser": False},
                {
                    "kind": "submitted",
                    "user_id": self.requester.id,
                    "is_superuser": False,
                },
                {
                    "kind": "approval_planned",
                    "user_id": self.requester.id,
                    "is_superuser": False,
                },
                *(
                    {
                        "kind": kind,
                        "user_id": self.approver.id,
                        "is_superuser": False,
                    }
                    for kind in ("step_approved", "approved")
                ),
                {"kind": "posted", "user_id": self.finance.id, "is_superuser": False},
            ],
        )
        self.assertEqual(set(events.mapped("reference")), {writeoff.name})
        self.assertEqual(
            set(events.mapped("label")),
            {
                "Goods held",
                "Submitted",
                "Approvals asked for",
                "Step approved",
                "Approved",
                "Posted",
            },
        )

    def test_content_of_a_posting(self):
        """Quantities, moves and the entry with its own hash stand in the log."""
        journal = self.company._get_writeoff_journal()
        journal.restrict_mode_hash_table = True
        writeoff = self._post((self.product, 4, {"note": "Broken"}))
        payload = self._payload(writeoff, "posted")
        self.assertEqual((payload["from"], payload["to"]), ("approved", "posted"))
        content = payload["content"]
        line = content["inventory.writeoff.line"][str(writeoff.line_ids.id)]
        self.assertEqual(line["product_id"], self.product.id)
        self.assertEqual(line["quantity"], 4.0)
        self.assertEqual(line["value_posted"], 40.0)
        self.assertEqual(line["note"], "Broken")
        document = content["inventory.writeoff"][str(writeoff.id)]
        self.assertEqual(document["approver_id"], self.approver.id)
        self.assertEqual(document["poster_id"], self.finance.id)
        move = content["stock.move"][str(writeoff.stock_move_ids.id)]
        self.assertEqual((move["quantity"], move["value"]), (4.0, 40.0))
        entry = writeoff.account_move_ids
        logged = content["account.move"][str(entry.id)]
        self.assertTrue(entry.inalterable_hash)
        self.assertEqual(logged["inalterable_hash"], entry.inalterable_hash)
        self.assertEqual(logged["name"], entry.name)
        items = content["account.move.line"].values()
        self.assertEqual(sorted(item["debit"] for item in items), [0.0, 40.0])

    def test_rejection_edit_and_resubmission(self):
        writeoff = self._submit((self.product, 4))
        writeoff.with_user(self.approver).reject("Too many")
        writeoff.action_draft()
        writeoff.line_ids.quantity = 3
        writeoff.note = "Counted again"
        writeoff.action_submit()
        self.assertEqual(
            self._kinds(writeoff),
            [
                *("held", "submitted", "approval_planned"),
                *("step_rejected", "released", "rejected"),
                "set_to_draft",
                *("held", "edited", "submitted", "approval_planned"),
            ],
        )
        rejected = self._payload(writeoff, "rejected")["content"]
        document = rejected["inventory.writeoff"][str(writeoff.id)]
        self.assertEqual(document["rejection_reason"], "Too many")
        changes = self._payload(writeoff, "edited")["changes"]
        told = {c["field"]: (c["model"], c["old"], c["new"]) for c in changes}
        self.assertEqual(
            told,
            {
                "quantity": ("inventory.writeoff.line", 4.0, 3.0),
                "note": ("inventory.writeoff", None, "Counted again"),
                **dict.fromkeys(["value_estimated"], told["value_estimated"]),
            },
        )
        self.assertEqual(told["value_estimated"][1:], (40.0, 30.0))

    def test_resubmission_without_edit(self):
        writeoff = self._submit((self.product, 4))
        writeoff.action_draft()
        writeoff.action_submit()
        self.assertNotIn("edited", self._kinds(writeoff))

    def test_other_items_are_an_edit(self):
        other = self._create_product("Bowl")
        self._make_in_move(other, 5, 10.0)
        writeoff = self._submit((self.product, 4))
        writeoff.action_draft()
        vals = {**self._line_vals(other, 1), "writeoff_id": writeoff.id}
        line = writeoff.line_ids.create(vals)
        writeoff.action_submit()
        changes = self._payload(writeoff, "edited")["changes"]
        (new,) = [c for c in changes if c["model"] == "inventory.writeoff.line"]
        self.assertEqual((new["id"], new["old"]), (line.id, None))
        self.assertEqual(new["new"]["product_id"], other.id)

    def test_cancel(self):
        writeoff = self._submit((self.product, 4))
        writeoff.action_cancel()
        self.assertEqual(self._kinds(writeoff)[3:], ["released", "cancelled"])

    def test_refused_action_leaves_no_event(self):
        writeoff = self._submit((self.product, 4))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            writeoff.with_user(self.requester).action_approve()
        self.assertEqual(
            self._kinds(writeoff), ["held", "submitted", "approval_planned"]
        )

    def test_accounting_date_set_by_finance(self):
        writeoff = self._approve((self.product, 4))
        writeoff.with_user(self.finance).accounting_date = "2026-01-01"
        self.assertEqual(self._kinds(writeoff)[-1], "dated")
        content = self._payload(writeoff, "dated")["content"]
        document = content["inventory.writeoff"][str(writeoff.id)]
        self.assertEqual(document["accounting_date"], "2026-01-01")

    def test_count_that_finds_less(self):
        writeoff = self._approve((self.product, 20))
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.stock_location.id),
            ]
        )
        counter = quant.with_user(self.stock_user).with_context(inventory_mode=True)
        counter.inventory_quantity = 15
        counter.action_apply_inventory()
        self.assertEqual(
            self._kinds(writeoff)[-3:], ["sent_back", "approval_voided", "shrunk"]
        )
        shrunk = writeoff.event_ids.filtered(lambda event: event.kind == "shrunk")
        self.assertEqual(shrunk.user_id, self.stock_user)
        self.assertFalse(shrunk.is_superuser)
        payload = json.loads(shrunk.payload)
        line = str(writeoff.line_ids.id)
        self.assertEqual(payload["items"], {line: [20.0, 15.0]})
        lines = payload["content"]["inventory.writeoff.line"]
        self.assertEqual(lines[line]["quantity"], 15.0)

    def test_warehouse(self):
        writeoff = self._submit((self.product, 4))
        removal = self.env["inventory.writeoff.removal"].browse(writeoff.id)
        removal = removal.with_user(self.stock_user)
        removal.action_confirm_removed()
        shelf = self.env["stock.location"].create(
            {"name": "Quarantine", "location_id": self.stock_location.id}
        )
        wizard = self.env["inventory.writeoff.relocate"].with_user(self.stock_user)
        action = removal.action_relocate()
        wizard = wizard.with_context(**action["context"]).create(
            {"destination_id": shelf.id}
        )
        wizard.action_relocate()
        events = writeoff.event_ids.sorted("id")[2:]
        self.assertRecordValues(
            events.filtered(lambda event: event.kind in ("removed", "relocated")),
            [
                {
                    "kind": "removed",
                    "user_id": self.stock_user.id,
                    "is_superuser": False,
                },
                {
                    "kind": "relocated",
                    "user_id": self.stock_user.id,
                    "is_superuser": False,
                },
            ],
        )
        content = self._payload(writeoff, "relocated")["content"]
        line = content["inventory.writeoff.line"][str(writeoff.line_ids.id)]
        self.assertEqual(line["location_id"], shelf.id)

    def test_settled_findings(self):
        writeoff = self._submit((self.product, 4))
        check = self.env["inventory.writeoff.check"].search([], limit=1)
        vals = {
            "writeoff_id": writeoff.id,
            "check_id": check.id,
            "severity": "review",
            "message": "Doubtful",
            "key": "facts",
        }
        self.env["inventory.writeoff.finding"]._replace(
            writeoff, [{**vals, "line_id": False}]
        )
        findings = writeoff.finding_ids.with_user(self.senior)
        findings.settle("Seen by the quality manager")
        self.assertEqual(writeoff.event_ids[0].user_id, self.senior)
        payload = self._payload(writeoff, "findings_settled")
        self.assertEqual(payload["why"], "Seen by the quality manager")
        (fact,) = payload["findings"]
        self.assertEqual(fact["check"], check.code)
        self.assertEqual((fact["severity"], fact["key"]), ("review", "facts"))

    def test_settings(self):
        """Old and new value of what decides on what is refused and what is booked."""
        check = self.env["inventory.writeoff.check"].search([], limit=1)
        account = self._create_account("WOLOSS2", "Other losses")
        for record, vals in (
            (check, {"severity": "off"}),
            (self.reason, {"loss_account_id": account.id}),
            (self.company, {"writeoff_loss_account_id": account.id}),
            (self.company, {"writeoff_entry_detail": "line"}),
        ):
            ((field, new),) = vals.items()
            old = record.read([field], load=None)[0][field]
            with self.subTest(field):
                before = self.events.search_count([])
                record.write({field: old})
                self.assertEqual(self.events.search_count([]), before)
                record.write(vals)
                payload = self._payload(record, "setting_changed")
                self.assertEqual(payload["model"], record._name)
                (change,) = payload["changes"]
                self.assertEqual(change["id"], record.id)
                self.assertEqual(change["old"], {field: old})
                self.assertEqual(change["new"], {field: new})
                self.assertEqual(
                    self.events.search([], limit=1).company_id, self.company
                )

    def test_settings_of_a_manager(self):
        settings = self.env["inventory.writeoff.settings"].with_user(self.manager)
        with Form(settings) as form:
            form.writeoff_hold_days = 7
        form.record.action_save()
        event = self.events.search([], limit=1)
        self.assertEqual(event.user_id, self.manager)
        (change,) = json.loads(event.payload)["changes"]
        self.assertEqual(change["new"], {"writeoff_hold_days": 7})

    def test_created_and_deleted_reason(self):
        reason = self.reason.copy({"code": "NEW"}).with_user(self.manager)
        payload = self._payload(self.company, "setting_created")
        self.assertEqual(payload["changes"][0]["new"]["code"], "NEW")
        reason.unlink()
        payload = self._payload(self.company, "setting_deleted")
        self.assertEqual(payload["changes"][0]["old"]["code"], "NEW")

    def test_export(self):
        writeoff = self._submit((self.product, 4))
        self.auditor.group_ids += self.env.ref("base.group_allow_export")
        for records in (writeoff, writeoff.line_ids, writeoff.event_ids):
            records = records.with_user(self.auditor)
            records.export_data(["id"])
            event = self.events.search([], limit=1)
            self.assertEqual((event.kind, event.user_id), ("exported", self.auditor))
            payload = json.loads(event.payload)
            self.assertEqual(
                payload,
                {"model": records._name, "fields": ["id"], "ids": records.ids},
            )

    def test_queries_do_not_depend_on_the_number_of_items(self):
        """A step of many items is logged with as many queries as one of few."""
        products = self.product | self._create_product("Bowl")
        for product in products:
            self._make_in_move(product, 50, 10.0)
        few = self._submit((self.product, 1))
        many = self._submit(*[(product, 1) for product in products] * 15)
        batch = few | self._submit((self.product, 1)) | self._submit((self.product, 1))
        counts = {}
        for name, writeoffs in (("few", few), ("many", many), ("batch", batch)):
            payloads = dict.fromkeys(writeoffs, {})
            self.events._log("dated", payloads)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.events._log("dated", payloads)
            counts[name] = self.env.cr.sql_log_count - before
        # One for each section that has rows or may have, and one to insert.
        # One for each kind of content, of which other add-ons have theirs.
        sections = self.env["inventory.writeoff.log.content"]._get_sections()
        expected = 1 + len(sections)
        self.assertEqual(counts, dict.fromkeys(counts, expected))

    def test_summaries(self):
        """In a line: what people said, or what has changed."""
        writeoff = self._submit((self.product, 4))
        writeoff.with_user(self.approver).reject("Too many")
        self.assertEqual(writeoff.event_ids[0].summary, "Too many")
        self.company.writeoff_hold_days = 7
        self.assertEqual(
            self.events.search([], limit=1).summary,
            f"{self.company.name} (writeoff_hold_days: 0 → 7)",
        )
        change = {"model": "inventory.writeoff.line", "id": 5, "field": "quantity"}
        changes = [{**change, "old": 1, "new": new} for new in range(2, 6)]
        self.events._log("edited", {writeoff: {"changes": changes}})
        self.assertEqual(
            writeoff.event_ids[0].summary,
            "quantity: 1 → 2; quantity: 1 → 3; quantity: 1 → 4; 1 more",
        )
        self.assertFalse(writeoff.event_ids[-1].summary)
