import { registry } from "@web/core/registry";

import { openApp, openToApprove, openWriteoff, stateIs } from "./steps";

const VALUE = "1,250.00";

async function takePhoto({ anchor }) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 8;
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "vases.png", { type: "image/png" }));
    anchor.files = transfer.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}

const addPhoto = [
    { trigger: ".nav-link[name='evidence']", run: "click" },
    { trigger: ".o_field_widget[name='evidence_missing']:contains('Photo')" },
    { trigger: "button[name='action_add_evidence']", run: "click" },
    {
        trigger: ".modal .o_field_widget[name='evidence_type_id'] input",
        run: "edit Photo",
    },
    { trigger: ".o-autocomplete--dropdown-item a:contains('Photo')", run: "click" },
    {
        trigger: ".modal .o_field_widget[name='file'] input[type='file']:not(:visible)",
        run: takePhoto,
    },
    { trigger: ".modal .o_field_widget[name='file'] input:value('vases.png')" },
    { trigger: ".modal button[special='save']", run: "click" },
    { trigger: ".o_field_widget[name='evidence_ids'] .o_data_row:contains('vases.png')" },
];

const openApprovals = { trigger: ".nav-link[name='approvals']", run: "click" };

function stepIs(name, state) {
    return {
        trigger: `.o_field_widget[name='approval_ids'] .o_data_row:contains("${name}"):contains("${state}")`,
    };
}

registry.category("web_tour.tours").add("writeoff_two_steps_submit", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openWriteoff(VALUE),
        openApprovals,
        {
            content: "what it takes is shown before it is submitted",
            trigger: ".o_field_widget[name='approval_preview'] tr:contains('Senior finance'):contains('1,000.00')",
        },
        { trigger: "button[name='action_submit']", run: "click" },
        stateIs("To Approve"),
        stepIs("First step", "To Decide"),
        stepIs("Senior finance", "Waiting"),
    ],
});

registry.category("web_tour.tours").add("writeoff_two_steps_first", {
    url: "/odoo",
    steps: () => [
        ...openToApprove(VALUE),
        openApprovals,
        { trigger: "button[name='action_approve']", run: "click" },
        stepIs("First step", "Approved"),
        stepIs("Senior finance", "To Decide"),
        stateIs("To Approve"),
    ],
});

registry.category("web_tour.tours").add("writeoff_two_steps_reject", {
    url: "/odoo",
    steps: () => [
        ...openToApprove(VALUE),
        { trigger: "button[name='action_reject']", run: "click" },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit The photo is missing.",
        },
        { trigger: ".modal button[name='action_reject']", run: "click" },
        stateIs("Rejected"),
    ],
});

registry.category("web_tour.tours").add("writeoff_two_steps_resubmit", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openWriteoff(VALUE),
        { trigger: "button[name='action_draft']", run: "click" },
        stateIs("Draft"),
        ...addPhoto,
        { trigger: "button[name='action_submit']", run: "click" },
        stateIs("To Approve"),
        openApprovals,
        {
            content: "the first round stays readable",
            trigger: ".o_field_widget[name='approval_ids'] .o_data_row:contains('The photo is missing.')",
        },
    ],
});

registry.category("web_tour.tours").add("writeoff_two_steps_last", {
    url: "/odoo",
    steps: () => [
        ...openToApprove(VALUE),
        {
            content: "the question can be answered where it stands",
            trigger: ".o-mail-Activity .o_writeoff_approve",
            run: "click",
        },
        stateIs("Approved"),
    ],
});

registry.category("web_tour.tours").add("writeoff_two_steps_post", {
    url: "/odoo",
    steps: () => [
        ...openApp(),
        ...openWriteoff(VALUE),
        { trigger: "button[name='action_post']", run: "click" },
        stateIs("Posted"),
    ],
});
