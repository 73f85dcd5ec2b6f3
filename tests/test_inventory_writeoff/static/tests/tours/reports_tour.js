import { registry } from "@web/core/registry";

import { openApp, stateIs } from "./steps";

const REPORTING = "inventory_writeoff.inventory_writeoff_menu_reporting";

function openReport(name) {
    return openApp(REPORTING, `inventory_writeoff_reports.inventory_writeoff_${name}_menu`);
}

registry.category("web_tour.tours").add("writeoff_reports_analysis", {
    url: "/odoo",
    steps: () => [
        ...openReport("analysis"),
        { trigger: ".o_graph_renderer canvas" },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        {
            content: "the total is what the ledger says",
            trigger: ".o_pivot tbody tr:contains('Total') td:contains('100.00')",
        },
        { trigger: ".o_pivot tbody tr:contains('Broken in a test'):contains('100.00')" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_data_row:contains('Broken Vase')" },
        ...openReport("supplier_quality"),
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_renderer" },
    ],
});

registry.category("web_tour.tours").add("writeoff_reports_pack", {
    url: "/odoo",
    steps: () => [
        ...openApp("inventory_writeoff.inventory_writeoff_menu"),
        {
            trigger: ".o_data_row:contains('Broken in a test') .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus button:contains('Actions')", run: "click" },
        { trigger: ".o-dropdown-item:contains('Auditor Pack')", run: "click" },
        { trigger: ".modal .o_field_widget[name='writeoff_count']:contains('1')" },
        { trigger: ".modal button[name='action_download']:enabled" },
        { trigger: ".modal button:contains('Close')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("writeoff_reports_review", {
    url: "/odoo",
    steps: () => [
        ...openReport("review"),
        { trigger: "button[name='action_start']", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='write_down']:contains('120.00')" },
        {
            trigger: ".o_data_row:contains('Broken Vase') td[name='note']",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name='note'] input",
            run: "edit Sold off",
        },
        { trigger: "button[name='action_sign']", run: "click" },
        { trigger: ".modal button.btn-primary", run: "click" },
        stateIs("Signed Off"),
        { trigger: ".o_field_widget[name='signed_by_id']:contains('wo_senior')" },
    ],
});
