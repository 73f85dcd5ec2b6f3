import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegisterController(http.Controller):
    """Downloads of the register: by who opened it, with their own rights."""

    @http.route(
        "/inventory_writeoff_reports/register/<int:register_id>",
        type="http",
        auth="user",
    )
    def download_register(self, register_id):
        registers = request.env["inventory.writeoff.register"]
        if not registers.has_access("read"):
            raise NotFound()
        own = [("id", "=", register_id), ("create_uid", "=", request.env.uid)]
        register = registers.search(own)
        if not register:
            raise NotFound()
        file = tempfile.TemporaryFile()
        request.env["inventory.writeoff.register.xlsx"]._write(register, file)
        file.seek(0)
        response = request.make_response(
            wrap_file(request.httprequest.environ, file), self._get_headers(register)
        )
        response.direct_passthrough = True
        return response

    def _get_headers(self, register):
        name = f"write-offs-{register.date_from}-{register.date_to}.xlsx"
        return [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
