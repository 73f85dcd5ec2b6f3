import base64
import io
import zipfile

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WriteoffCommon

HEADER = "Product;Location;Quantity"


@tagged("post_install", "-at_install")
class TestImport(WriteoffCommon):
    """Items from CSV and XLSX files: all of them, or none and every error at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vase = cls._create_product(
            "Vase", default_code="VASE", barcode="4006381333931"
        )
        cls.paint = cls._create_product("Paint", default_code="1001", tracking="lot")
        cls.lot = cls._create_lot(cls.paint, "0012")
        cls.owner = cls.env["res.partner"].create({"name": "Consignor"})
        cls.package = cls.env["stock.package"].create({"name": "BOX-I"})
        cls.shelf = cls.env["stock.location"].create(
            {
                "name": "Shelf I",
                "location_id": cls.stock_location.id,
                "barcode": "LOC-SHELF-I",
            }
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.dozen.active = True

    def _import(self, content, writeoff=None, user=None, lang="en_US"):
        writeoff = writeoff or self._create_writeoff(location_id=self.stock_location.id)
        if isinstance(content, str):
            content = content.encode()
        wizard = (
            self.env["inventory.writeoff.import"]
            .with_user(user or self.requester)
            .with_context(lang=lang)
            .create({"writeoff_id": writeoff.id, "file": base64.b64encode(content)})
        )
        wizard.action_import()
        return wizard

    def _import_rows(self, *rows, header=HEADER):
        return self._import("\n".join([header, *rows]))

    def _make_xlsx(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _get_goods(self, wizard):
        self.assertFalse(wizard.errors)
        return [
            (line.product_id, line.location_id, line.quantity)
            for line in wizard.writeoff_id.line_ids
        ]

    def assertErrors(self, wizard, *patterns):
        """Check that these errors are all there are, and that nothing came in."""
        self.assertEqual(wizard.error_count, len(patterns), wizard.errors)
        for error, pattern in zip(wizard.errors.split("\n"), patterns, strict=True):
            self.assertRegex(error, pattern)
        self.assertFalse(wizard.writeoff_id.line_ids)

    def test_all_columns(self):
        wizard = self._import(
            "\ufeffProduct,Lot/Serial Number,Package,Location,Owner,Quantity,Unit,"
            "Reason Code,Disposal Code,Note\r\n"
            f"1001,0012,BOX-I,LOC-SHELF-I,Consignor,1.5,{self.dozen.name},TEST,"
            f'{self.disposal.code},"Lid open, dried\nout"\r\n'
        )
        self.assertFalse(wizard.errors)
        self.assertRecordValues(
            wizard.writeoff_id.line_ids,
            [
                {
                    "product_id": self.paint.id,
                    "lot_id": self.lot.id,
                    "package_id": self.package.id,
                    "location_id": self.shelf.id,
                    "owner_id": self.owner.id,
                    "quantity": 1.5,
                    "product_uom_id": self.dozen.id,
                    "reason_id": self.reason.id,
                    "disposal_method_id": self.disposal.id,
                    "note": "Lid open, dried\nout",
                }
            ],
        )

    def test_product_by_reference_barcode_or_name(self):
        wizard = self._import_rows(
            f"VASE;{self.shelf.complete_name};1", "4006381333931;;2", "Vase;;3"
        )
        self.assertEqual(
            self._get_goods(wizard),
            [
                (self.vase, self.shelf, 1.0),
                (self.vase, self.stock_location, 2.0),
                (self.vase, self.stock_location, 3.0),
            ],
        )
        self.assertEqual(wizard.writeoff_id.line_ids.reason_id, self.reason)

    def test_xlsx(self):
        content = self._make_xlsx(
            ["Quantity", "Product", "Lot/Serial Number"],
            [2, "VASE", None],
            [None, None, None],
            [0.5, 1001, "0012"],
        )
        self.assertEqual(
            self._get_goods(self._import(content)),
            [
                (self.vase, self.stock_location, 2.0),
                (self.paint, self.stock_location, 0.5),
            ],
        )

    def test_all_errors_at_once_and_nothing_imported(self):
        twins = self._create_product("Twin") + self._create_product("Twin")
        wizard = self._import_rows(
            "VASE;;1;;;;;",
            "GONE;;1;;;;;",
            "Twin;;1;;;;;",
            "VASE;;many;;;;;",
            "VASE;;-1;;;;;",
            "VASE;;0;;;;;",
            "VASE;Nowhere;1;;;;;",
            "VASE;;1;NOREASON;;;;",
            "VASE;;1;;Furlong;;;",
            "VASE;;1;;kg;;;",
            "1001;;1;;;;;",
            "1001;;1;;;NOLOT;;",
            "VASE;;1;;;;NOBODY;",
            "VASE;;1;;;;;NOBOX",
            ";;1;;;;;",
            "VASE;;;;;;;",
            "GONE;Nowhere;x;;;;;",
            header=f"{HEADER};Reason Code;Unit;Lot/Serial Number;Owner;Package",
        )
        self.assertEqual(len(twins), 2)
        self.assertErrors(
            wizard,
            "Row 3: there is no storable product “GONE”",
            "Row 4: Product “Twin” fits 2 records",
            "Row 5: “many” is not a number",
            "Row 6: the quantity -1 is not above zero",
            "Row 7: the quantity 0 is not above zero",
            "Row 8: there is no location “Nowhere”",
            "Row 9: there is no reason with code “NOREASON”",
            "Row 10: there is no unit “Furlong”",
            "Row 11: kg cannot be converted to Units",
            "Row 12: .*Paint needs a lot",
            "Row 13: there is no lot “NOLOT” of .*Paint",
            "Row 14: there is no contact “NOBODY”",
            "Row 15: there is no package “NOBOX”",
            "Row 16: the product is missing",
            "Row 17: the quantity is missing",
            "Row 18: there is no storable product “GONE”",
            "Row 18: there is no location “Nowhere”",
            "Row 18: “x” is not a number",
        )

    def test_lot_without_product(self):
        """One lot number says which product; of two products it says nothing."""
        wizard = self._import("Lot/Serial Number,Quantity\n0012,1\n0013,1")
        self.assertErrors(wizard, "Row 3: there is no lot “0013”")
        wizard = self._import("Lot/Serial Number,Quantity\n0012,1")
        self.assertEqual(wizard.writeoff_id.line_ids.product_id, self.paint)
        self.assertEqual(wizard.writeoff_id.line_ids.lot_id, self.lot)
        milk = self._create_product("Milk", tracking="lot")
        lot = self._create_lot(milk, "0012")
        wizard = self._import("Lot/Serial Number,Quantity\n0012,1")
        self.assertErrors(wizard, "“0012” fits 2 records: .*(Paint.*Milk|Milk.*Paint)")
        wizard = self._import("Product,Lot/Serial Number,Quantity\nMilk,0012,1")
        self.assertEqual(wizard.writeoff_id.line_ids.lot_id, lot)

    def test_10001_rows_of_which_3_are_wrong(self):
        rows = ["VASE;;1"] * 10_001
        rows[76], rows[5000], rows[10_000] = "GONE;;1", "VASE;;x", "VASE;;-2"
        wizard = self._import_rows(*rows)
        self.assertErrors(wizard, "^Row 78: ", "^Row 5002: ", "^Row 10002: ")

    def test_fixed_number_of_queries(self):
        products = [
            self._create_product(f"I{index}", default_code=f"I{index}")
            for index in range(60)
        ]
        rows = [f"{product.default_code};;1" for product in products]
        model = self.env["inventory.writeoff.import.rows"].with_user(self.requester)
        counts = []
        for count in (5, 5, 60):
            wizard = self._import_rows(*rows[:count])
            table = wizard._read_file()
            args = wizard.writeoff_id, table
            counts.append(self._count_queries(model._read, *args))
            vals_list, errors = model._read(*args)
            self.assertEqual(len(vals_list), count)
            self.assertFalse(errors)
        self.assertEqual(counts[1], counts[2])

    def test_decimals_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        writeoff = self._create_writeoff(location_id=self.stock_location.id)
        content = "product;quantity\nVASE;1,5\nVASE;1.500\nVASE;1.5"
        wizard = self._import(content, writeoff, lang="de_DE")
        self.assertEqual(wizard.error_count, 2, wizard.errors)
        self.assertIn("1500,5", wizard.errors)
        content = "product;quantity\nVASE;1,5"
        self._import(content, writeoff, lang="de_DE")
        self.assertEqual(writeoff.line_ids.quantity, 1.5)
        english = self._import_rows("VASE;;1,5", "VASE;;1,500", "VASE;;1.005")
        self.assertErrors(english, "Row 2.*1500.5", "Row 3", "Row 4.*2 decimals")

    def test_formulas_are_never_evaluated(self):
        content = self._make_xlsx(
            ["Product", "Quantity"], ["VASE", "=1+1"], ['=CONCAT("VA";"SE")', 1]
        )
        wizard = self._import(content)
        self.assertIn("Row 2: Quantity is a formula", wizard.errors)
        self.assertIn("Row 3: Product is a formula", wizard.errors)
        self.assertFalse(wizard.writeoff_id.line_ids)
        wizard = self._import_rows("=VASE;;=1+1")
        self.assertErrors(wizard, "no storable product “=VASE”", "“=1\\+1” is not")

    def test_files_that_cannot_be_read(self):
        xlsx = self._make_xlsx(["Product", "Quantity"], ["VASE", 1])
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * 101 * 1024 * 1024)
        laughs = io.BytesIO()
        with zipfile.ZipFile(laughs, "w") as archive:
            archive.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]>')
        files = {
            "is damaged": (xlsx[: len(xlsx) // 2], laughs.getvalue(), b"PK\x03\x04"),
            "too large": (b"a" * (10 * 1024 * 1024 + 3), bomb.getvalue()),
            "CSV UTF-8": ("Product;Menge\nVäse;1".encode("latin-1"), b"\x00\x01"),
            "old kind": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,),
            "has no items": (b" ", b"Product;Quantity\n", b"\n;\n"),
            "more than 20000 rows": (b"Product;Quantity\n" + b"VASE;1\n" * 20_001,),
            "not known: Menge": (b"Product;Menge\nVASE;1",),
            "no column Quantity": (b"Product\nVASE",),
            "two columns Product": (b"Product;Product;Quantity\nVASE;VASE;1",),
        }
        for message, contents in files.items():
            for content in contents:
                with (
                    self.subTest(message, start=content[:20]),
                    self.assertRaisesRegex(UserError, message),
                ):
                    self._import(content)

    def test_no_file(self):
        with self.assertRaisesRegex(UserError, "Choose the file"):
            self._import(b"")

    def test_template_can_be_filled_and_imported(self):
        writeoff = self._create_writeoff(location_id=self.stock_location.id)
        wizard = self.env["inventory.writeoff.import"].with_user(self.requester)
        wizard = wizard.create({"writeoff_id": writeoff.id})
        self.assertIn("/template", wizard.action_download_template()["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.template)))
        book.active.append(["VASE", None, None, None, None, 2])
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._import(stream.getvalue(), writeoff)
        self.assertEqual(
            self._get_goods(wizard), [(self.vase, self.stock_location, 2.0)]
        )

    def test_own_drafts_only(self):
        content = f"{HEADER}\nVASE;;1"
        writeoff = self._create_writeoff(location_id=self.stock_location.id)
        stranger = self._create_role_user("other_requester", "user")
        for user in (stranger, self.stock_user, self.finance):
            with self.assertRaises(AccessError):
                self._import(content, writeoff, user)
        self.env["stock.quant"]._update_available_quantity(
            self.vase, self.stock_location, 5
        )
        submitted = self._submit((self.vase, 1))
        with self.assertRaisesRegex(UserError, "in draft"):
            self._import(content, submitted)
