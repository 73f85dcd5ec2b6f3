-- What two receipts from a vendor leave behind for each product: 10 pieces at 10.00, then
-- 10 at 20.00, as Odoo's own code writes them, in a thousandth of the time.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_receive(
    company integer, shelf integer, vendor integer, products integer[], unit integer
) RETURNS void LANGUAGE sql AS $$
WITH received AS (
    INSERT INTO stock_move (company_id, product_id, product_uom, location_id,
                            location_dest_id, procure_method, product_uom_qty,
                            product_qty, quantity, date, state, picked, is_in, is_out,
                            is_dropship, value, price_unit, priority, sequence,
                            propagate_cancel, additional, to_refund, packaging_uom_id,
                            packaging_uom_qty, create_uid, write_uid, create_date,
                            write_date)
    SELECT company, product_id, unit, vendor, shelf, 'make_to_stock', 10, 10, 10,
           now() - make_interval(days => 3 - receipt), 'done', TRUE, TRUE, FALSE,
           FALSE, 100 * receipt, 10 * receipt, '0', 10, TRUE, FALSE, TRUE, unit, 10,
           1, 1, now(), now()
      FROM unnest(products) AS product_id, generate_series(1, 2) AS receipt
 RETURNING id, product_id, date
), lines AS (
    INSERT INTO stock_move_line (move_id, company_id, product_id, product_uom_id, lot_id,
                                 location_id, location_dest_id, state, quantity,
                                 quantity_product_uom, picked, date, create_uid,
                                 write_uid, create_date, write_date)
    SELECT received.id, company, received.product_id, unit, lot.id, vendor, shelf,
           'done', 10, 10, TRUE, received.date, 1, 1, now(), now()
      FROM received LEFT JOIN stock_lot lot ON lot.product_id = received.product_id
)
INSERT INTO stock_quant (product_id, company_id, location_id, lot_id, quantity,
                         reserved_quantity, in_date, inventory_diff_quantity,
                         inventory_quantity_set, inventory_date, create_uid, write_uid,
                         create_date, write_date)
SELECT product_id, company, shelf, lot.id, 20, 0, now() - INTERVAL '2 days', 0, FALSE,
       CURRENT_DATE + 90, 1, 1, now(), now()
  FROM unnest(products) AS product_id
  LEFT JOIN stock_lot lot USING (product_id);
UPDATE stock_lot SET standard_price = jsonb_build_object(company, 15.0)
 WHERE product_id = ANY (products);
$$;

-- As many copies of a product as are asked for; with a lot each, if it is traced by lot.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_copy(model integer, copies integer)
RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE
    template integer;
    copied integer;
    lot integer;
BEGIN
    FOR place IN 1..copies LOOP
        template := nextval('product_template_id_seq');
        copied := nextval('product_product_id_seq');
        INSERT INTO product_template
        SELECT copy.*
          FROM product_template original
          JOIN product_product product ON product.product_tmpl_id = original.id,
               jsonb_populate_record(original, jsonb_build_object(
                   'id', template, 'name', jsonb_build_object(
                       'en_US', (original.name->>'en_US') || ' ' || place))) AS copy
         WHERE product.id = model;
        INSERT INTO product_product
        SELECT copy.*
          FROM product_product original, jsonb_populate_record(
                   original, jsonb_build_object(
                       'id', copied, 'product_tmpl_id', template)) AS copy
         WHERE original.id = model;
        lot := nextval('stock_lot_id_seq');
        INSERT INTO stock_lot
        SELECT copy.*
          FROM stock_lot original, jsonb_populate_record(
                   original, jsonb_build_object('id', lot, 'product_id', copied)) AS copy
         WHERE original.product_id = model;
        RETURN NEXT copied;
    END LOOP;
END
$$;
