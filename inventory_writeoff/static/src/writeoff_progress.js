import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillUnmount, useState } from "@odoo/owl";

/** How far the posting in the background has come; it moves by itself. */
export class WriteoffProgress extends Component {
    static template = "inventory_writeoff.Progress";
    static props = { ...standardFieldProps };

    setup() {
        this.bus = useService("bus_service");
        this.news = useState({ id: false, done: 0, total: 0 });
        const onProgress = this.onProgress.bind(this);
        this.bus.subscribe("writeoff_progress", onProgress);
        this.bus.start();
        onWillUnmount(() => this.bus.unsubscribe("writeoff_progress", onProgress));
    }

    get progress() {
        const { resId, data } = this.props.record;
        const stored = { done: data[this.props.name], total: data.posting_total };
        // What was told last, unless the form was loaded later or shows another one.
        const isNewer = this.news.id === resId && this.news.done > stored.done;
        const { done, total } = isNewer ? this.news : stored;
        return { done, total, percent: total ? Math.round((100 * done) / total) : 0 };
    }

    async onProgress({ id, done, total, is_over }) {
        const { record } = this.props;
        if (id !== record.resId) {
            return;
        }
        Object.assign(this.news, { id, done, total });
        if (is_over && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("fields").add("writeoff_progress", {
    component: WriteoffProgress,
    supportedTypes: ["integer"],
});
