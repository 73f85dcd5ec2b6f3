import { Component } from "@odoo/owl";

import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Period, company, warehouse and category, as plain fields that every device knows. */
export class DashboardFilters extends Component {
    static template = "inventory_writeoff_reports.DashboardFilters";
    static props = { filters: Object, choices: Object, update: Function };

    get periods() {
        return [
            ["month", _t("This month")],
            ["quarter", _t("This quarter")],
            ["year", _t("This fiscal year")],
            ["last_month", _t("Last month")],
            ["last_quarter", _t("Last quarter")],
            ["last_year", _t("Last fiscal year")],
            ["custom", _t("From … to …")],
        ];
    }

    /** Filters with something to choose from. */
    get selects() {
        const { company, warehouse, category } = this.props.choices;
        return [
            { name: "company", label: _t("Company"), all: _t("All companies"), choices: company },
            {
                name: "warehouse",
                label: _t("Warehouse"),
                all: _t("All warehouses"),
                choices: warehouse,
            },
            {
                name: "category",
                label: _t("Product category"),
                all: _t("All categories"),
                choices: category,
            },
        ].filter(
            ({ name, choices }) => choices.length > 1 || this.props.filters[name]
        );
    }

    get days() {
        const { from, to, previous_from, previous_to } = this.props.filters;
        return _t("%(period)s, compared with %(previous)s", {
            period: this.formatSpan(from, to),
            previous: this.formatSpan(previous_from, previous_to),
        });
    }

    formatSpan(from, to) {
        const [start, end] = [from, to].map((day) => formatDate(DateTime.fromISO(day)));
        return start === end ? start : `${start} – ${end}`;
    }

    onChange(name, { target }) {
        this.props.update({ [name]: target.value });
    }
}
