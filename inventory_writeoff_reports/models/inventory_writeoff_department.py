from odoo import fields, models

from odoo.addons.inventory_writeoff.writer import as_writer


class InventoryWriteoff(models.Model):
    """Write-offs keep what reports group by, from submission on."""

    _inherit = "inventory.writeoff"

    department = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The requester's write-off team when it was submitted; without one, the "
        "employee's department. A reversal counts for the department of its original.",
    )

    def action_submit(self):
        result = super().action_submit()
        submitted = self.filtered(lambda w: w.state != "draft")
        submitted._set_departments()
        snapshots = self.env["inventory.writeoff.snapshot"]
        snapshots._take(submitted.sudo().line_ids)
        return result

    def _set_departments(self):
        for company, writeoffs in self.grouped("company_id").items():
            names = self._get_department_names(company, writeoffs.requester_id)
            for writeoff in writeoffs:
                # Who asks for a reversal need not see all of its original.
                original = writeoff.sudo().reversal_of_id
                name = names.get(writeoff.requester_id.id, False)
                as_writer(writeoff.sudo()).department = (
                    original.department if original else name
                )

    def _get_department_names(self, company, users):
        """Return {user id: name of the team, or else of the employee's department}."""
        # Requesters read neither teams nor, as a rule, employees.
        names = {}
        if "hr.employee" in self.env:
            employees = self.env["hr.employee"].sudo()
            domain = [("user_id", "in", users.ids), ("company_id", "=", company.id)]
            for employee in employees.search(domain):
                names[employee.user_id.id] = employee.department_id.name
        teams = self.env["inventory.writeoff.team"].sudo()
        domain = [("member_ids", "in", users.ids), ("company_id", "=", company.id)]
        for team in teams.search(domain):
            names.update(dict.fromkeys(team.member_ids.ids, team.name))
        return names
