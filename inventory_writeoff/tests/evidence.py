import base64
import hashlib
import io
import zipfile

from PIL import Image

from odoo.tools.pdf import PdfWriter

from .rpc import WriteoffRpcCommon


def make_image(kind="PNG", colour="red", size=(8, 8)):
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def make_pdf(password=None):
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    if password:
        writer.encrypt(password)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def make_archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


class EvidenceCommon(WriteoffRpcCommon):
    """Files that prove a loss, and verbs to add them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["inventory.writeoff.check"].search([]).severity = "off"
        cls.product = cls._create_product("Vase")
        cls.evidence = cls.env["inventory.writeoff.evidence"]
        cls.photo = cls.env.ref("inventory_writeoff.evidence_type_photo")
        cls.police = cls.env.ref("inventory_writeoff.evidence_type_police")
        cls.certificate = cls.env.ref("inventory_writeoff.evidence_type_destruction")
        cls.theft = cls.env.ref("inventory_writeoff.reason_theft")
        cls.theft.with_company(cls.company).loss_account_id = cls.loss_account
        cls.nothing = cls.env.ref("inventory_writeoff.disposal_method_none")

    def _prepare_once(self):
        super()._prepare_once()
        self._make_in_move(self.product, 100, 10.0)

    def _evidence_vals(self, writeoff, content=None, **values):
        content = make_image() if content is None else content
        return {
            "writeoff_id": writeoff.id,
            "evidence_type_id": self.photo.id,
            "name": "vase.png",
            "file": base64.b64encode(content).decode(),
            **values,
        }

    def _add(self, writeoff, content=None, user=None, **values):
        evidence = self.evidence.with_user(user or self.requester)
        return evidence.create(self._evidence_vals(writeoff, content, **values))

    def _get_file(self, evidence):
        """Return the attachment that holds the file, as anyone of Odoo could."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", evidence._name),
                ("res_field", "=", "file"),
                ("res_id", "=", evidence.id),
            ]
        )

    def _require(self, record, evidence_type, due):
        record.evidence_requirement_ids = [
            (0, 0, {"evidence_type_id": evidence_type.id, "due": due})
        ]

    def _hash(self, content):
        return hashlib.sha256(content).hexdigest()
