import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { DashboardFigure } from "./dashboard_figure";
import { DashboardFilters } from "./dashboard_filters";
import { compareFigure, formatFigure } from "./dashboard_format";
import { DashboardTrend } from "./dashboard_trend";

const { DateTime } = luxon;

const CHANNEL = "inventory_writeoff_dashboard";
const CHANGED = "inventory_writeoff_reports/changed";
// A batch that is posted in the background says so many times a minute.
const DELAY = 1000;
const FILTERS = ["period", "from", "to", "company", "warehouse", "category"];
const BOOKS = ["working_capital", "current_ratio", "gross_margin", "result"];
const WINDOWS = ["written_off_month", "written_off_quarter", "written_off_year"];
const RISKS = ["at_risk_30", "at_risk_60", "at_risk_90"];
const KPIS = [
    "posted_batches",
    "processing_mean",
    "processing_median",
    "processing_p90",
    "value_correct",
    "interventions",
    "straight_through",
    "first_pass_yield",
    "estimate_drift",
    "evidence_complete",
];

/** What write-offs do to the company, as it is now; see `inventory.writeoff.kpi`. */
export class WriteoffDashboard extends Component {
    static template = "inventory_writeoff_reports.Dashboard";
    static components = { DashboardFigure, DashboardFilters, DashboardTrend, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, readAt: "" });
        this.filters = this.props.state?.filters || pick(router.current, ...FILTERS);
        useSetupAction({ getLocalState: () => ({ filters: this.filters }) });
        this.listen();
        onWillStart(() => this.read());
    }

    listen() {
        const onChanged = ({ company_id }) => {
            if (this.state.data?.company_ids.includes(company_id)) {
                this.timer ||= browser.setTimeout(() => this.read(), DELAY);
            }
        };
        this.bus.addChannel(CHANNEL);
        this.bus.subscribe(CHANGED, onChanged);
        onWillUnmount(() => {
            browser.clearTimeout(this.timer);
            this.bus.unsubscribe(CHANGED, onChanged);
            this.bus.deleteChannel(CHANNEL);
        });
    }

    async read() {
        this.timer = null;
        this.state.data = await this.keepLast.add(
            this.orm.silent.call("inventory.writeoff.kpi", "get_figures", [this.filters])
        );
        this.state.readAt = DateTime.now().toLocaleString(DateTime.TIME_WITH_SECONDS);
        this.keepInAddress();
    }

    /** Have the filters in the address, so that it can be sent, reloaded and gone back to. */
    keepInAddress() {
        const { period, from, to, company, warehouse, category } = this.state.data.filters;
        const days = period === "custom" ? { from, to } : { from: undefined, to: undefined };
        this.filters = { period, ...days, company, warehouse, category };
        for (const name of FILTERS) {
            this.filters[name] ||= undefined;
        }
        this.props.updateActionState?.({ ...this.filters });
    }

    updateFilters(changes) {
        const { from, to } = this.state.data.filters;
        if (changes.period === "custom") {
            Object.assign(changes, { from, to });
        }
        if ("company" in changes) {
            changes.warehouse = undefined;
        }
        this.filters = { ...this.filters, ...changes };
        return this.read();
    }

    open({ name, res_model, domain, views, context }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model,
            domain,
            views: views.map((view) => [false, view]),
            context: { create: false, ...context },
        });
    }

    openWriteoff(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "inventory.writeoff",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    get data() {
        return this.state.data;
    }

    get figures() {
        return this.data.figures;
    }

    get windows() {
        return WINDOWS.map((key) => this.figures[key]);
    }

    get kpis() {
        return KPIS.map((key) => this.figures[key]);
    }

    get risks() {
        return RISKS.map((key) => this.figures[key]).filter(Boolean);
    }

    get books() {
        return BOOKS.map((key) => this.figures[key])
            .filter(Boolean)
            .map((figure) => ({ ...figure, change: this.getPending(figure) }));
    }

    getPending({ value, after, unit, good }) {
        const change = compareFigure({ value: after, previous: value, unit, good });
        return change?.direction === "same" ? null : change;
    }

    get tops() {
        return [
            ["product_id", _t("Products that cost most")],
            ["supplier_id", _t("Suppliers that cost most")],
            ["location_id", _t("Locations that lose most")],
        ].map(([field, title]) => {
            const rows = this.data.tops[field];
            return { field, title, rows, largest: Math.max(0, ...rows.map((row) => row.value)) };
        });
    }

    /** Shorter names, where the card says the rest. */
    get titles() {
        return {
            value: _t("Value"),
            oldest: _t("Oldest"),
            at_risk_30: _t("30 days"),
            at_risk_60: _t("60 days"),
            at_risk_90: _t("90 days"),
        };
    }

    get budgetTotals() {
        const rows = this.data.budget;
        const sum = (name) => rows.reduce((total, row) => total + (row[name] || 0), 0);
        return { value: sum("value"), budget: sum("budget") };
    }

    getShare(value, whole) {
        return whole > 0 ? Math.min(Math.max(value / whole, 0), 1) * 100 : value > 0 ? 100 : 0;
    }

    describe({ name, value, unit }) {
        return _t("%(name)s: %(value)s. Open the records", {
            name,
            value: this.format(value, unit),
        });
    }

    format(value, unit = "money") {
        return formatFigure(value, unit, this.data.currency_id);
    }
}

registry.category("actions").add("inventory_writeoff_dashboard", WriteoffDashboard);
