import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { uniqueId } from "@web/core/utils/functions";

import { compareFigure, formatFigure } from "./dashboard_format";

const ARROWS = { up: "▲", down: "▼", same: "=" };
const COLOURS = { good: "text-success", bad: "text-danger", plain: "text-muted" };

/** A figure as a button: its value, how it has moved, and the way to its records. */
export class DashboardFigure extends Component {
    static template = "inventory_writeoff_reports.DashboardFigure";
    static props = {
        figure: Object,
        currencyId: Number,
        open: Function,
        size: { type: String, optional: true },
        title: { type: [String, Boolean], optional: true },
    };
    static defaultProps = { size: "fs-4" };

    setup() {
        this.formulaId = uniqueId("o_writeoff_formula_");
    }

    get title() {
        return this.props.title === undefined ? this.props.figure.name : this.props.title;
    }

    get value() {
        return this.format(this.props.figure.value);
    }

    get alarm() {
        const { good, value } = this.props.figure;
        return good === "zero" && value ? "text-danger" : "";
    }

    get change() {
        const change = compareFigure(this.props.figure);
        return (
            change && {
                ...change,
                arrow: ARROWS[change.direction],
                colour: COLOURS[change.mood],
                before: this.format(this.props.figure.previous),
            }
        );
    }

    get label() {
        const { name, previous } = this.props.figure;
        return this.change
            ? _t("%(name)s: %(value)s, before: %(previous)s. Open the records", {
                  name,
                  value: this.value,
                  previous: this.format(previous),
              })
            : _t("%(name)s: %(value)s. Open the records", { name, value: this.value });
    }

    format(value) {
        return formatFigure(value, this.props.figure.unit, this.props.currencyId);
    }
}
