import { Component, onMounted, onPatched, onWillStart, onWillUnmount, useRef } from "@odoo/owl";

import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { formatCurrency } from "@web/core/currency";
import { localization } from "@web/core/l10n/localization";

const { DateTime } = luxon;

// Reasons beyond those of the palette are added up, in grey.
const COLOURS = 6;
const OTHERS_COLOUR = "#A4A8B6";

/** Months by reason, stacked; a click, or a button of the table, opens the items. */
export class DashboardTrend extends Component {
    static template = "inventory_writeoff_reports.DashboardTrend";
    static props = { trend: Object, currencyId: Number, open: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        onMounted(() => this.draw());
        onPatched(() => this.draw());
        onWillUnmount(() => this.chart?.destroy());
    }

    get months() {
        return this.props.trend.months.map((day) =>
            DateTime.fromISO(day).toFormat("LLL yy")
        );
    }

    get totals() {
        return this.props.trend.months.map((_month, position) =>
            this.props.trend.series.reduce((sum, { values }) => sum + values[position], 0)
        );
    }

    format(value) {
        return formatCurrency(value, this.props.currencyId);
    }

    openMonth(position, series) {
        const action = this.props.trend.domains[position];
        const domain = series
            ? [...action.domain, ["reason_id", "in", series.reason_ids]]
            : action.domain;
        const name = series ? `${series.name}, ${this.months[position]}` : this.months[position];
        this.props.open({ ...action, domain, name });
    }

    draw() {
        this.chart?.destroy();
        this.chart = new Chart(this.canvas.el, this.config);
    }

    get config() {
        const style = getComputedStyle(this.canvas.el);
        const rtl = localization.direction === "rtl";
        const grid = { color: style.getPropertyValue("--border-color") || "#8884" };
        const ticks = { color: style.color };
        return {
            type: "bar",
            data: { labels: this.months, datasets: this.datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "point" },
                onClick: (_event, [point]) =>
                    point &&
                    this.openMonth(point.index, this.props.trend.series[point.datasetIndex]),
                plugins: {
                    legend: {
                        rtl,
                        position: "bottom",
                        labels: { color: style.color, boxWidth: 12 },
                    },
                    tooltip: {
                        rtl,
                        callbacks: {
                            label: ({ dataset, raw }) => `${dataset.label}: ${this.format(raw)}`,
                        },
                    },
                },
                scales: {
                    x: { stacked: true, reverse: rtl, grid: { display: false }, ticks },
                    y: {
                        stacked: true,
                        position: rtl ? "right" : "left",
                        grid,
                        ticks: {
                            ...ticks,
                            callback: (value) =>
                                formatCurrency(value, this.props.currencyId, {
                                    humanReadable: true,
                                    noSymbol: true,
                                }),
                        },
                    },
                },
            },
        };
    }

    get datasets() {
        const scheme = cookie.get("color_scheme");
        return this.props.trend.series.map(({ name, values }, position) => ({
            label: name,
            data: values,
            backgroundColor:
                position < COLOURS ? getColor(position, scheme, "sm") : OTHERS_COLOUR,
            maxBarThickness: 40,
            borderRadius: 2,
        }));
    }
}
