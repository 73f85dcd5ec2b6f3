import { registry } from "@web/core/registry";

import { openApp, openToApprove, openWriteoff, stateIs } from "./steps";

const VALUE = "150.00";

function choose(field, text, scope = "") {
    return [
        {
            content: `choose ${text} as ${field}`,
            trigger: `${scope} .o_field_widget[name='${field}'] input`,
            run: `edit ${text}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item a:contains("${text}")`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("writeoff_request", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        { trigger: ".o_list_button_add", run: "click" },
        ...choose("reason_id", "Broken in a test"),
        ...choose("disposal_method_id", "Destroy"),
        ...choose("location_id", "Stock"),
        { trigger: ".o_field_x2many_list_row_add a", run: "click" },
        ...choose("product_id", "Broken Vase", ".o_selected_row"),
        {
            trigger: ".o_selected_row .o_field_widget[name='quantity'] input",
            run: "edit 12",
        },
        {
            trigger: ".o_field_widget[name='note'] textarea",
            run: "edit Dropped on the ramp.",
        },
        {
            content: "what is written off is shown before anything is posted",
            trigger: ".o_field_widget[name='value']:contains('150.00')",
        },
        { trigger: ".nav-link[name='accounting_preview']", run: "click" },
        {
            content: "the entry is shown before it is made",
            trigger: ".o_field_widget[name='entry_preview'] tr:contains('Inventory losses'):contains('150.00')",
        },
        { trigger: "button[name='action_submit']", run: "click" },
        stateIs("To Approve"),
    ],
});

registry.category("web_tour.tours").add("writeoff_approve", {
    url: "/odoo",
    steps: () => [
        ...openToApprove(VALUE),
        { trigger: "button[name='action_approve']", run: "click" },
        stateIs("Approved"),
    ],
});

registry.category("web_tour.tours").add("writeoff_post", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openWriteoff(VALUE),
        { trigger: "button[name='action_post']", run: "click" },
        stateIs("Posted"),
        { trigger: "button[name='action_open_account_moves']", run: "click" },
        {
            content: "the loss is debited",
            trigger:
                ".o_data_row:contains('Inventory losses') td[name='debit']:contains('150.00')",
        },
        {
            content: "the stock is credited",
            trigger:
                ".o_data_row:not(:contains('Inventory losses')) td[name='credit']:contains('150.00')",
        },
        {
            content: "the entry leads back to the write-off",
            trigger: "button[name='action_open_writeoff']",
            run: "click",
        },
        stateIs("Posted"),
    ],
});
