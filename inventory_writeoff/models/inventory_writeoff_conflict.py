from odoo import fields, models
from odoo.tools import SQL

from .res_users_approval import ROLES

# Roles that one person should not hold together: (role, role, act, act). What such a
# person did alone are the write-offs on which they did both acts.
CONFLICTS = {
    "requester_approver": ("user", "approver", "asked", "decided"),
    "requester_senior": ("user", "senior", "asked", "decided"),
    "requester_finance": ("user", "finance", "asked", "posted"),
    "approver_senior": ("approver", "senior", "twice", "twice"),
    "approver_finance": ("approver", "finance", "decided", "posted"),
    "senior_finance": ("senior", "finance", "decided", "posted"),
    "manager_requester": ("manager", "user", "changed", "asked"),
    "manager_approver": ("manager", "approver", "changed", "decided"),
    "manager_senior": ("manager", "senior", "changed", "decided"),
    "manager_finance": ("manager", "finance", "changed", "posted"),
}


class InventoryWriteoffConflict(models.Model):
    """Users whose roles together defeat the four eyes, and what they did alone."""

    _name = "inventory.writeoff.conflict"
    _description = "Conflict of Write-Off Roles"
    _auto = False
    _order = "alone_count desc, user_id, conflict"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", readonly=True)
    conflict = fields.Selection(
        [
            ("requester_approver", "Requester and approver"),
            ("requester_senior", "Requester and senior finance"),
            ("requester_finance", "Requester and finance"),
            ("approver_senior", "Approver and senior finance"),
            ("approver_finance", "Approver and finance"),
            ("senior_finance", "Senior finance and finance"),
            ("manager_requester", "Administrator and requester"),
            ("manager_approver", "Administrator and approver"),
            ("manager_senior", "Administrator and senior finance"),
            ("manager_finance", "Administrator and finance"),
        ],
        "Roles",
        readonly=True,
    )
    alone_count = fields.Integer(
        "Done Alone",
        readonly=True,
        help="Write-offs on which this person acted in both roles. Of administrators: "
        "those submitted within 30 days after they had changed the policy.",
    )
    alone_value = fields.Float("Value Done Alone", readonly=True, digits=(16, 2))

    @property
    def _table_query(self):
        return SQL(
            """
            WITH acts AS (%(acts)s), holders (id, user_id, conflict, one, two) AS (
                VALUES (0, 0, '', '', '') %(holders)s
            )
            SELECT holders.id, holders.user_id, holders.conflict,
                   COUNT(writeoff.id) AS alone_count,
                   COALESCE(SUM(writeoff.value), 0) AS alone_value
              FROM holders
         LEFT JOIN (%(alone)s) alone
                ON alone.user_id = holders.user_id
               AND alone.one = holders.one AND alone.two = holders.two
         LEFT JOIN inventory_writeoff writeoff ON writeoff.id = alone.writeoff_id
             WHERE holders.id > 0
          GROUP BY holders.id, holders.user_id, holders.conflict
            """,
            acts=self._get_sql_acts(),
            holders=self._get_sql_holders(),
            alone=self._get_sql_alone(),
        )

    def _get_sql_alone(self):
        return SQL(
            """
            SELECT DISTINCT one.user_id, one.act AS one, two.act AS two, one.writeoff_id
              FROM acts one
              JOIN acts two
                ON two.user_id = one.user_id AND two.writeoff_id = one.writeoff_id
            """
        )

    def _get_sql_acts(self):
        """Return who did what on which write-off of the user's companies."""
        return SQL(
            """
            WITH seen AS (
                SELECT * FROM inventory_writeoff WHERE company_id IN %(companies)s
            ), given AS (
                SELECT approval.decided_by_id AS user_id, approval.writeoff_id,
                       approval.round
                  FROM inventory_writeoff_approval approval
                  JOIN seen ON seen.id = approval.writeoff_id
                 WHERE approval.state IN ('approved', 'void')
                   AND approval.decided_by_id IS NOT NULL
            )
            SELECT requester_id AS user_id, id AS writeoff_id, 'asked' AS act FROM seen
             WHERE submitted_at IS NOT NULL
             UNION SELECT submitted_by_id, id, 'asked' FROM seen
             WHERE submitted_by_id IS NOT NULL
             UNION SELECT user_id, writeoff_id, 'decided' FROM given
             UNION SELECT user_id, writeoff_id, 'twice' FROM given
             GROUP BY user_id, writeoff_id, round HAVING COUNT(*) > 1
             UNION SELECT poster_id, id, 'posted' FROM seen
             WHERE poster_id IS NOT NULL
             UNION SELECT change.user_id, seen.id, 'changed' FROM seen
              JOIN inventory_writeoff_policy_change change
                ON change.changed_at <= seen.submitted_at
               AND change.changed_at > seen.submitted_at - INTERVAL '30 days'
               AND (change.company_id = seen.company_id OR change.company_id IS NULL)
            """,
            companies=tuple(self.env.companies.ids),
        )

    def _get_sql_holders(self):
        """Return the users of the user's companies who hold conflicting roles."""
        rows = [SQL()]
        members = self._get_members()
        for number, (conflict, (one, two, *acts)) in enumerate(CONFLICTS.items()):
            for user_id in sorted(members[one] & members[two]):
                row_id = user_id * len(CONFLICTS) + number
                rows.append(
                    SQL("(%s, %s, %s, %s, %s)", row_id, user_id, conflict, *acts)
                )
        return SQL(", ").join(rows)

    def _get_members(self):
        """Return {role: ids of active users of the companies}."""
        companies = self.env.companies
        members = {}
        for role in ROLES:
            # An auditor reads the report, and need not be able to read groups.
            group = self.env.ref(f"inventory_writeoff.group_writeoff_{role}").sudo()
            users = group.all_user_ids.filtered(
                lambda user: user.active and user.company_ids & companies
            )
            members[role] = set(users.ids)
        return members

    def action_open_writeoffs(self):
        """List what the person did alone."""
        self.ensure_one()
        *_roles, one, two = CONFLICTS[self.conflict]
        rows = self.env.execute_query(
            SQL(
                """
                WITH acts AS (%s)
                SELECT writeoff_id FROM (%s) alone
                 WHERE user_id = %s AND one = %s AND two = %s
                """,
                self._get_sql_acts(),
                self._get_sql_alone(),
                self.user_id.id,
                one,
                two,
            )
        )
        domain = [("id", "in", [writeoff_id for (writeoff_id,) in rows])]
        return self.env["inventory.writeoff"]._action_open(domain)
