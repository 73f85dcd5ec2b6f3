import base64
import io
import logging
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .candidates import CandidateCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "slow")
class TestCandidate(CandidateCommon):
    """Marking by hand, the list that follows the stock, and drafts made from it."""

    other_companies_post = True

    def test_marked_by_warehouse_staff(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4, note="Dropped")
        self.assertRecordValues(
            candidate.sudo(),
            [
                {
                    "quantity": 4.0,
                    "source": "manual",
                    "state": "open",
                    "found_by_id": self.stock_user.id,
                    "company_id": self.company.id,
                    "category_id": self.product.categ_id.id,
                    "warehouse_id": self.stock_location.warehouse_id.id,
                    "value": 40.0,
                    "note": "Dropped",
                }
            ],
        )

    def test_nobody_else_marks(self):
        self._put(self.product, 10)
        for user in (self.requester, self.finance, self.auditor, self.invoicing_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._mark(self.product, 1, user=user)

    def test_warehouse_staff_do_nothing_more(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4)
        with self.assertRaisesRegex(AccessError, "not edited"):
            candidate.write({"quantity": 9})
        with self.assertRaises(AccessError):
            candidate.unlink()
        with self.assertRaises(AccessError):
            candidate.read(["value"])
        with self.assertRaisesRegex(AccessError, "role Requester"):
            candidate.action_create_writeoff()
        with self.assertRaisesRegex(AccessError, "role Requester"):
            candidate.action_dismiss()
        with self.assertRaises(AccessError):
            candidate.reason_id.write({"name": "Mine"})

    def test_only_goods_and_words_are_taken_from_a_mark(self):
        self._put(self.product, 10)
        candidate = self._mark(
            self.product,
            4,
            state="dismissed",
            source="expired",
            value=9999.0,
            found_by_id=self.requester.id,
        ).sudo()
        self.assertEqual(candidate.state, "open")
        self.assertEqual(candidate.source, "manual")
        self.assertEqual(candidate.value, 40.0)
        self.assertEqual(candidate.found_by_id, self.stock_user)
        line = self._create_writeoff((self.product, 1)).line_ids
        with_default = self.candidates.with_context(default_writeoff_line_id=line.id)
        other = self._create_product("Other lamp")
        self._put(other, 1)
        vals = self._line_vals(other, 1, reason_id=self.reason.id)
        marked = with_default.with_user(self.stock_user).create(vals)
        self.assertFalse(marked.sudo().writeoff_line_id)

    def test_no_more_than_on_hand_less_held(self):
        self._put(self.product, 10)
        self._submit((self.product, 7))
        with self.assertRaisesRegex(UserError, "more than the 3 that are there"):
            self._mark(self.product, 4)
        self.assertEqual(self._mark(self.product, 3).quantity, 3.0)

    def test_impossible_marks_are_refused_all_at_once(self):
        tracked = self._create_product("Serial lamp", tracking="serial")
        service = self._create_product("Advice", is_storable=False)
        archived = self.reason.copy({"code": "OLD", "active": False})
        self._put(self.product, 10)
        users = self.candidates.with_user(self.stock_user)
        reason = {"reason_id": self.reason.id}
        customer = self.customer_location.id
        with self.assertRaises(UserError) as refused:
            users.create(
                [
                    self._line_vals(tracked, 1, **reason),
                    self._line_vals(service, 1, **reason),
                    self._line_vals(self.product, 0, **reason),
                    self._line_vals(
                        self.product, 1, location_id=customer, reason_id=archived.id
                    ),
                ]
            )
        message = str(refused.exception)
        for part in (
            "Serial lamp is tracked",
            "Advice is not tracked in stock",
            "more than zero",
            "does not hold stock",
            "is archived",
        ):
            self.assertIn(part, message)

    def test_marking_again_replaces(self):
        self._put(self.product, 10)
        first = self._mark(self.product, 4, note="One box")
        second = self._mark(self.product, 6, note="Both boxes")
        self.assertEqual(first, second)
        self.assertRecordValues(
            second.sudo(), [{"quantity": 6.0, "note": "Both boxes", "value": 60.0}]
        )

    def test_same_goods_twice_in_one_go_add_up(self):
        self._put(self.product, 10)
        vals = self._line_vals(self.product, 2, reason_id=self.reason.id)
        both = self.candidates.with_user(self.stock_user).create([vals, vals])
        self.assertEqual(len(set(both.ids)), 1)
        self.assertEqual(both[0].quantity, 4.0)

    def test_goods_of_others_are_worth_nothing(self):
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._put(self.product, 5, owner_id=owner)
        candidate = self._mark(self.product, 5, owner_id=owner.id)
        self.assertEqual(candidate.sudo().value, 0.0)
        self.assertEqual(candidate.owner_id, owner)

    def test_lot_cost_where_valued_by_lot(self):
        product = self._create_product("Lens", tracking="lot", lot_valuated=True)
        lots = [self._create_lot(product, name) for name in ("L1", "L2")]
        for lot, cost in zip(lots, (10.0, 30.0), strict=True):
            self._put(product, 5, lot_id=lot)
            lot.standard_price = cost
        candidate = self._mark(product, 4, lot_id=lots[1].id)
        self.assertEqual(candidate.sudo().value, 120.0)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        location = warehouse.lot_stock_id
        self._put(self.product, 5, location=location)
        with self.assertRaises(AccessError):
            self._mark(self.product, 1, location_id=location.id)
        other_user = self._create_user(
            "other_stock_user", "stock.group_stock_user", company=other
        )
        candidate = self._mark(
            self.product, 1, user=other_user, location_id=location.id
        )
        self.assertEqual(candidate.sudo().company_id, other)
        self.assertNotIn(
            candidate, self.candidates.with_user(self.requester).search([])
        )

    def test_sold_in_part_and_then_all(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 8)
        self._deliver(self.product, 5)
        self.assertRecordValues(candidate.sudo(), [{"quantity": 5.0, "value": 50.0}])
        self._deliver(self.product, 5)
        self.assertFalse(candidate.exists())

    def test_counted_away(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 8)
        quant = self.env["stock.quant"]._gather(self.product, self.stock_location)
        quant.inventory_quantity = 3
        quant.action_apply_inventory()
        self.assertEqual(candidate.quantity, 3.0)

    def test_moved_to_another_shelf(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 8)
        self._move(self.product, 10, None, self.shelf)
        self.assertFalse(candidate.exists())

    def test_other_goods_of_the_product_stay(self):
        self._put(self.product, 10)
        self._put(self.product, 10, location=self.shelf)
        candidate = self._mark(self.product, 10, location_id=self.shelf.id)
        self._deliver(self.product, 10)
        self.assertEqual(candidate.quantity, 10.0)

    def test_delivery_pays_one_query_at_most(self):
        products = [self._create_product(f"Item {number}") for number in range(12)]
        for product in products:
            self._put(product, 20)

        def deliver(product):
            return self._count_queries(self._deliver, product, 1)

        deliver(products[0])
        facts = type(self.env["inventory.writeoff.candidate.facts"])
        with patch.object(facts, "_follow_goods", lambda *args: None):
            without = deliver(products[1])
        self.assertLessEqual(deliver(products[2]), without + 1)
        for product in products[3:]:
            self._mark(product, 20)
        self.assertLessEqual(deliver(products[3]), without + 1)

    def test_create_writeoff(self):
        lot_product, lot = self._create_expiring()
        self._put(self.product, 10)
        marked = self._mark(self.product, 4, note="Dropped\nfrom the ramp")
        other = self._mark(lot_product, 2, lot_id=lot.id)
        chosen = (marked | other).with_user(self.requester)
        action = chosen.action_create_writeoff()
        writeoff = self.env["inventory.writeoff"].browse(action["res_id"])
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "draft",
                    "requester_id": self.requester.id,
                    "reason_id": self.reason.id,
                    "value": 60.0,
                }
            ],
        )
        self.assertRecordValues(
            writeoff.line_ids,
            [
                {
                    "product_id": self.product.id,
                    "lot_id": False,
                    "location_id": self.stock_location.id,
                    "quantity": 4.0,
                    "reason_id": self.reason.id,
                    "note": "Dropped from the ramp",
                },
                {
                    "product_id": lot_product.id,
                    "lot_id": lot.id,
                    "location_id": self.stock_location.id,
                    "quantity": 2.0,
                    "reason_id": self.reason.id,
                    "note": False,
                },
            ],
        )
        self.assertEqual(set(chosen.mapped("state")), {"in_writeoff"})
        self.assertEqual(writeoff.candidate_ids, chosen)
        self.assertEqual(marked.sudo().writeoff_line_id, writeoff.line_ids[0])
        with self.assertRaisesRegex(UserError, "In a Write-Off"):
            chosen.action_create_writeoff()

    def test_create_writeoff_per_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        location = warehouse.lot_stock_id
        self._put(self.product, 5)
        self._put(self.product, 5, location=location)
        both = self.company | other
        for user in (self.stock_user, self.requester):
            user.company_ids = both
        in_both = {"allowed_company_ids": both.ids}
        here = self._mark(self.product, 1)
        candidates = self.candidates.with_context(**in_both)
        there = candidates.with_user(self.stock_user).create(
            self._line_vals(
                self.product, 1, location_id=location.id, reason_id=self.reason.id
            )
        )
        chosen = (here | there).with_user(self.requester).with_context(**in_both)
        action = chosen.action_create_writeoff()
        writeoffs = self.env["inventory.writeoff"].search(action["domain"])
        self.assertEqual(writeoffs.company_id, both)
        for writeoff in writeoffs:
            self.assertEqual(writeoff.line_ids.company_id, writeoff.company_id)

    def test_held_by_another_write_off_before_use(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 8)
        self._submit((self.product, 6))
        with self.assertRaisesRegex(UserError, "more than the 4 that are there"):
            candidate.with_user(self.requester).action_create_writeoff()

    def test_back_on_the_list_when_nothing_comes_of_it(self):
        self._put(self.product, 10)
        ends = {
            "cancelled": lambda w: w.action_cancel(),
            "deleted": lambda w: w.unlink(),
            "line removed": lambda w: w.line_ids.unlink(),
        }
        for name, end in ends.items():
            with self.subTest(name):
                candidate = self._mark(self.product, 4).with_user(self.requester)
                action = candidate.action_create_writeoff()
                end(
                    self.env["inventory.writeoff"]
                    .with_user(self.requester)
                    .browse(action["res_id"])
                )
                self.env.invalidate_all()
                self.assertRecordValues(
                    candidate,
                    [{"state": "open", "quantity": 4.0, "writeoff_line_id": False}],
                )

    def _write_off(self, candidate, quantity=None):
        """Make a write-off of the candidate and post it."""
        action = candidate.with_user(self.requester).action_create_writeoff()
        writeoff = self.env["inventory.writeoff"].browse(action["res_id"])
        draft = writeoff.with_user(self.requester)
        draft.disposal_method_id = self.disposal
        if quantity is not None:
            draft.line_ids.quantity = quantity
        draft.action_submit()
        writeoff.with_user(self.approver).action_approve()
        writeoff.with_user(self.finance).action_post()
        return writeoff

    def test_gone_when_posted(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4)
        self._write_off(candidate)
        self.assertFalse(candidate.exists())
        self.assertEqual(self._on_hand(self.product), 6.0)

    def test_rest_is_open_again_when_less_was_posted(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4)
        self._write_off(candidate, quantity=3.0)
        self.assertRecordValues(candidate, [{"state": "open", "quantity": 1.0}])

    def test_more_of_the_same_goods_meanwhile(self):
        """What was found after the first write-off joins what it gives back."""
        self._put(self.product, 10)
        first = self._mark(self.product, 4).with_user(self.requester)
        action = first.action_create_writeoff()
        with self.assertRaisesRegex(UserError, "more than the 6 that are there"):
            self._mark(self.product, 7)
        second = self._mark(self.product, 6)
        self.assertNotEqual(first, second)
        writeoff = self.env["inventory.writeoff"].browse(action["res_id"])
        writeoff.with_user(self.requester).action_cancel()
        self.assertFalse(second.exists())
        self.assertRecordValues(first, [{"state": "open", "quantity": 10.0}])

    def test_photo_stays_with_the_write_off(self):
        self._put(self.product, 10)
        image = io.BytesIO()
        Image.new("RGB", (2000, 10), "red").save(image, "PNG")
        photo = base64.b64encode(image.getvalue())
        candidate = self._mark(self.product, 4, photo=photo)
        writeoff = self._write_off(candidate)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", writeoff._name), ("res_id", "=", writeoff.id)]
        )
        self.assertIn("Photo of Lamp", attachment.mapped("name"))
        self.assertEqual(attachment[0].mimetype, "image/png")

    def test_dismiss_and_put_back(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4).with_user(self.requester)
        candidate.action_dismiss()
        self.assertEqual(candidate.state, "dismissed")
        self.assertEqual(candidate.dismissed_by_id, self.requester)
        with self.assertRaisesRegex(UserError, "Dismissed"):
            candidate.action_create_writeoff()
        candidate.action_reopen()
        self.assertRecordValues(
            candidate, [{"state": "open", "dismissed_by_id": False}]
        )
        for user in (self.finance, self.approver, self.manager, self.auditor):
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(AccessError, "role Requester"):
                    candidate.with_user(user).action_dismiss()

    def test_add_to_a_draft(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 4)
        writeoff = self._create_writeoff()
        action = writeoff.action_add_candidates()
        listed = self.candidates.with_user(self.requester).search(action["domain"])
        self.assertIn(candidate, listed)
        listed.with_context(**action["context"]).action_add_to_writeoff()
        self.assertEqual(writeoff.line_ids.product_id, self.product)
        self.assertEqual(writeoff.line_ids.disposal_method_id, self.disposal)
        self.assertEqual(candidate.sudo().writeoff_id, writeoff)

    def test_add_to_a_submitted_write_off_is_refused(self):
        self._put(self.product, 10)
        candidate = self._mark(self.product, 1).with_user(self.requester)
        writeoff = self._submit((self.product, 2))
        with self.assertRaisesRegex(UserError, "To Approve"):
            writeoff.action_add_candidates()
        in_dialog = candidate.with_context(add_to_writeoff_id=writeoff.id)
        with self.assertRaisesRegex(UserError, "To Approve"):
            in_dialog.action_add_to_writeoff()
        foreign = self._create_writeoff(user=self.env.user)
        with self.assertRaises(AccessError):
            candidate.with_context(
                add_to_writeoff_id=foreign.id
            ).action_add_to_writeoff()

    def test_finance_sees_quantity_and_value_sums(self):
        self._put(self.product, 10)
        self._mark(self.product, 4)
        for user in (self.finance, self.auditor, self.requester):
            groups = self.candidates.with_user(user)._read_group(
                [("product_id", "=", self.product.id)],
                ["reason_id"],
                ["quantity:sum", "value:sum"],
            )
            self.assertEqual(groups, [(self.reason.with_user(user), 4.0, 40.0)])

    def test_locations_with_children(self):
        self._put(self.product, 5)
        self._put(self.product, 5, location=self.shelf)
        self._mark(self.product, 1)
        self._mark(self.product, 2, location_id=self.shelf.id)
        found = self.candidates.with_user(self.finance).search(
            [("location_id", "child_of", self.stock_location.id)]
        )
        self.assertEqual(sum(found.mapped("quantity")), 3.0)
        panel = self.candidates.with_user(self.finance).search_panel_select_range(
            "location_id", enable_counters=True
        )
        ids = [value["id"] for value in panel["values"]]
        self.assertIn(self.shelf.id, ids)

    def test_main_vendor(self):
        vendors = self.env["res.partner"].create(
            [{"name": "Second"}, {"name": "First"}]
        )
        self.product.seller_ids = [
            (0, 0, {"partner_id": vendors[0].id, "sequence": 5}),
            (0, 0, {"partner_id": vendors[1].id, "sequence": 1}),
        ]
        self._put(self.product, 5)
        self.assertEqual(self._mark(self.product, 1).sudo().supplier_id, vendors[1])

    def test_queries_per_candidate(self):
        """A hundred candidates cost no more a line than twenty."""
        counts = {}
        for count in (3, 20, 100):
            products = [
                self._create_product(f"Item {count} {number}")
                for number in range(count)
            ]
            for product in products:
                self._put(product, 2)
            candidates = self.candidates.with_user(self.stock_user).create(
                [
                    self._line_vals(product, 2, reason_id=self.reason.id)
                    for product in products
                ]
            )
            counts[count] = self._count_queries(
                candidates.with_user(self.requester).action_create_writeoff
            )
        self.assertLessEqual(counts[100] / 100, counts[20] / 20)
        self.assertLess(counts[100] - counts[20], 80 * 2, counts)
        _logger.info("queries to create a write-off of candidates: %s", counts)


@tagged("post_install", "-at_install")
class TestMark(CandidateCommon):
    """The form of the warehouse, by hand and by barcode."""

    other_companies_post = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.barcode = "5901234123457"
        cls.stock_location.barcode = "LOC-A"
        cls.shelf.barcode = "LOC-B"

    def _open(self, **context):
        marks = self.env["inventory.writeoff.mark"].with_user(self.stock_user)
        return Form(marks.with_context(**context))

    def _scan_codes(self, form, *codes):
        for code in codes:
            form._barcode_scanned = code

    def _scan_warns(self, form, code, pattern):
        with self.assertLogs("odoo.tests.form", "WARNING") as logs:
            form._barcode_scanned = code
        self.assertRegex("".join(logs.output), pattern)

    def test_scan_location_product_and_lot(self):
        lot_product, lot = self._create_expiring()
        self._put(self.product, 5, location=self.shelf)
        with self._open() as form:
            form.reason_id = self.reason
            self._scan_codes(form, "LOC-B", "5901234123457", "5901234123457")
            self._scan_codes(form, "LOC-A", lot.name)
        mark = form.record
        mark.action_mark()
        found = self.candidates.search([("found_by_id", "=", self.stock_user.id)])
        self.assertRecordValues(
            found.sorted("id"),
            [
                {
                    "product_id": self.product.id,
                    "lot_id": False,
                    "location_id": self.shelf.id,
                    "quantity": 2.0,
                },
                {
                    "product_id": lot_product.id,
                    "lot_id": lot.id,
                    "location_id": self.stock_location.id,
                    "quantity": 1.0,
                },
            ],
        )

    def test_scan_package(self):
        package = self.env["stock.package"].create({"name": "PACK0001"})
        other = self._create_product("Bulb")
        self._put(self.product, 5, package_id=package)
        self._put(other, 3, package_id=package)
        with self._open() as form:
            form.reason_id = self.reason
            self._scan_codes(form, "PACK0001")
        form.record.action_mark()
        found = self.candidates.search([("package_id", "=", package.id)])
        self.assertEqual(sorted(found.mapped("quantity")), [3.0, 5.0])

    def test_scan_gs1(self):
        self.company.nomenclature_id = self.env.ref(
            "barcodes_gs1_nomenclature.default_gs1_nomenclature"
        )
        lot_product, lot = self._create_expiring()
        lot_product.barcode = "05901234123464"
        lot.name = "AB-12"
        self._put(self.product, 5)
        with self._open() as form:
            form.reason_id = self.reason
            self._scan_codes(form, "0105901234123464" + "30000003\x1d" + "10AB-12")
            self._scan_codes(form, "0105901234123457")
        form.record.action_mark()
        found = self.candidates.search([("found_by_id", "=", self.stock_user.id)])
        self.assertRecordValues(
            found.sorted("id"),
            [
                {"product_id": lot_product.id, "lot_id": lot.id, "quantity": 3.0},
                {"product_id": self.product.id, "lot_id": False, "quantity": 1.0},
            ],
        )

    def test_scans_that_say_why_not(self):
        tracked = self._create_product("Serial lamp", tracking="serial", barcode="SER1")
        self._put(tracked, 1, lot_id=self._create_lot(tracked, "S-1"))
        self._create_product("Sold out", barcode="SOLD1")
        self._put(self.product, 5)
        self._put(self.product, 5, location=self.shelf)
        form = self._open()
        form.location_id = self.env["stock.location"]
        for code, pattern in {
            "NOTHING": "Nothing is known under NOTHING",
            "SER1": "scan its lot or serial number",
            "SOLD1": "There is nothing of Sold out",
            "5901234123457": "scan the location first",
        }.items():
            with self.subTest(code):
                self._scan_warns(form, code, pattern)
        self.assertFalse(len(form.line_ids))

    def test_from_the_stock_list(self):
        other = self._create_product("Bulb")
        self._put(self.product, 5)
        self._put(other, 3)
        self._submit((self.product, 2))
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", (self.product | other).ids),
                ("location_id", "=", self.stock_location.id),
            ]
        )
        action = quants.with_user(self.stock_user).action_mark_unsellable()
        mark = self.env[action["res_model"]].with_user(self.stock_user)
        mark = mark.browse(action["res_id"])
        self.assertRecordValues(
            mark.line_ids.sorted(lambda line: line.product_id.id),
            [
                {"product_id": self.product.id, "quantity": 3.0},
                {"product_id": other.id, "quantity": 3.0},
            ],
        )
        with self.assertRaisesRegex(UserError, "say why"):
            mark.action_mark()
        mark.reason_id = self.reason
        mark.action_mark()
        self.assertEqual(len(self._found(self.product)), 1)

    def test_from_a_lot(self):
        product, lot = self._create_expiring()
        self._put(product, 4, location=self.shelf, lot_id=lot)
        action = lot.with_user(self.stock_user).action_mark_unsellable()
        mark = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(mark.line_ids.location_id, self.stock_location | self.shelf)

    def test_all_of_it_held(self):
        self._put(self.product, 5)
        self._submit((self.product, 5))
        quant = self.env["stock.quant"]._gather(self.product, self.stock_location)
        with self.assertRaisesRegex(UserError, "in write-offs already"):
            quant.with_user(self.stock_user).action_mark_unsellable()

    def test_the_form_is_for_the_warehouse(self):
        for user in (self.requester, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["inventory.writeoff.mark"].with_user(user).create({})
