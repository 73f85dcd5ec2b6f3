import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import fields, http
from odoo.http import content_disposition, request


class AuditPackController(http.Controller):
    """Downloads of auditor packs: by who opened them, with their own rights."""

    @http.route(
        "/inventory_writeoff_reports/audit_pack/<int:pack_id>",
        type="http",
        auth="user",
    )
    def download_audit_pack(self, pack_id):
        packs = request.env["inventory.writeoff.audit.pack"]
        if not packs.has_access("read"):
            raise NotFound()
        own = [("id", "=", pack_id), ("create_uid", "=", request.env.uid)]
        pack = packs.search(own)
        if not pack:
            raise NotFound()
        pack._check_can_download()
        file = tempfile.TemporaryFile()
        request.env["inventory.writeoff.audit.pack.file"]._write(pack, file)
        file.seek(0)
        response = request.make_response(
            wrap_file(request.httprequest.environ, file), self._get_headers()
        )
        response.direct_passthrough = True
        return response

    def _get_headers(self):
        name = f"write-off-audit-pack-{fields.Date.today()}.zip"
        return [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
