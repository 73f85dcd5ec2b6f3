import tempfile
import zipfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import content_disposition, request
from odoo.tools import file_path

EXPORTERS = (
    "inventory_writeoff.group_writeoff_auditor,"
    "inventory_writeoff.group_writeoff_manager"
)
# Who uninstalls the add-on may take the log of all companies along.
ADMINISTRATORS = "base.group_system"


class LogController(http.Controller):
    """Downloads of the log: for auditors and administrators of write-offs."""

    @http.route("/inventory_writeoff/log/<int:company_id>", type="http", auth="user")
    def download_log(self, company_id):
        company = request.env["res.company"].browse(company_id)
        is_own = company in request.env.user.company_ids
        if not is_own or not request.env.user.has_groups(EXPORTERS):
            raise NotFound()
        file = tempfile.TemporaryFile()
        for line in self._export(company):
            file.write(line.encode())
        name = f"write-off-log-{company_id}.jsonl"
        return self._respond(file, name, "application/jsonl; charset=utf-8")

    @http.route("/inventory_writeoff/log/all", type="http", auth="user")
    def download_logs(self):
        """Download the logs of all companies, and the script that verifies them."""
        if not request.env.user.has_group(ADMINISTRATORS):
            raise NotFound()
        file = tempfile.TemporaryFile()
        companies = request.env["res.company"].sudo().search([])
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(self._get_script(), "verify_log.py")
            for company in companies:
                lines = self._export(company)
                archive.writestr(f"write-off-log-{company.id}.jsonl", "".join(lines))
        return self._respond(file, "write-off-logs.zip", "application/zip")

    @http.route("/inventory_writeoff/verify_log.py", type="http", auth="user")
    def download_script(self):
        with open(self._get_script(), "rb") as script:
            headers = self._get_headers("verify_log.py", "text/x-python; charset=utf-8")
            return request.make_response(script.read(), headers)

    def _export(self, company):
        # Who may download it was checked; the log has to be whole.
        export = request.env["inventory.writeoff.log.export"]
        return export._export(company)

    def _get_script(self):
        return file_path("inventory_writeoff/verify_log.py")

    def _respond(self, file, name, content_type):
        file.seek(0)
        body = wrap_file(request.httprequest.environ, file)
        response = request.make_response(body, self._get_headers(name, content_type))
        response.direct_passthrough = True
        return response

    def _get_headers(self, name, content_type):
        return [
            ("Content-Type", content_type),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
