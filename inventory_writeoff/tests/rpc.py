import json

from odoo.tests import HttpCase

from .common import WriteoffCommon


class Refused(Exception):
    """The sentence that a remote call was answered with instead of a result."""


class WriteoffRpcCommon(WriteoffCommon, HttpCase):
    """Calls as the web client and outside clients make them, and what must hold."""

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call a method over HTTP as the user; raise `Refused` with the answer."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        self.authenticate(user.login, user.login)
        response = self.url_open(
            "/web/dataset/call_kw",
            # Not `json=`: unlike a careless client, it would refuse NaN and infinity.
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        answer = response.json()
        if "error" in answer:
            raise Refused(answer["error"]["data"]["message"])
        return answer.get("result")

    def _rpc_on(self, user, records, method, *args, **kwargs):
        return self._rpc(user, records._name, method, records.ids, *args, **kwargs)

    def _read_facts(self):
        """Return what a refused call must leave as it was."""
        env = self.env
        env.invalidate_all()
        products = env["product.product"].search([("company_id", "=", False)])
        quants = env["stock.quant"].search([("product_id", "in", products.ids)])
        writeoffs = env["inventory.writeoff"].search([])
        return {
            "quants": quants.read(["quantity", "reserved_quantity"]),
            "moves": env["stock.move"].search_count([]),
            "entries": env["account.move"].search_count([]),
            "writeoffs": writeoffs.read(
                ["state", "name", "requester_id", "approver_id", "value_posted"]
            ),
            "lines": writeoffs.line_ids.read(
                ["quantity", "product_id", "value_posted"]
            ),
        }

    def assertRefused(self, pattern, call, *args, **kwargs):
        """Check that a call is answered with whole sentences and changes nothing."""
        before = self._read_facts()
        with self.assertRaisesRegex(Exception, pattern) as refused:
            call(*args, **kwargs)
        message = str(refused.exception)
        self.assertTrue(message.rstrip().endswith("."), message)
        self.assertNotIn("psycopg", message)
        self.assertNotIn("Uh-oh", message)
        self.assertEqual(self._read_facts(), before)
        return message
