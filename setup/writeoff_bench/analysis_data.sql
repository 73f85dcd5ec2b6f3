-- Posted items of a large company over two years, in a minute: documents of 50 items, each
-- with requester, approver, department and times; of ten documents one is a reversal.
--
--   SELECT pg_temp.writeoff_bench_items(company, 1000000);
--
-- company: id of a res.company that has the products, lots and shelves of stock_data.sql,
-- whose pg_temp.writeoff_bench_ids is used; then how many items. There are 200 suppliers.
-- The same arguments give the same data.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_items(company integer, items integer)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    documents integer := items / 50;
    unit integer := (SELECT res_id FROM ir_model_data
                      WHERE module = 'uom' AND name = 'product_uom_unit');
    products integer[] := (SELECT ARRAY_AGG(product.id ORDER BY product.id)
                             FROM product_product product
                             JOIN product_template template
                               ON template.id = product.product_tmpl_id
                            WHERE template.is_storable);
    categories integer[] := (SELECT ARRAY_AGG(template.categ_id ORDER BY product.id)
                               FROM product_product product
                               JOIN product_template template
                                 ON template.id = product.product_tmpl_id
                              WHERE template.is_storable);
    shelves integer[] := (SELECT ARRAY_AGG(id ORDER BY id) FROM stock_location
                           WHERE usage = 'internal' AND company_id = company);
    lots integer[] := (SELECT ARRAY_AGG(id ORDER BY id) FROM stock_lot
                        WHERE company_id = company);
    warehouse integer := (SELECT MIN(id) FROM stock_warehouse
                           WHERE company_id = company);
    reasons integer[] := (SELECT ARRAY_AGG(id ORDER BY id)
                            FROM inventory_writeoff_reason WHERE active);
    methods integer[] := (SELECT ARRAY_AGG(id ORDER BY id)
                            FROM inventory_writeoff_disposal_method);
    people integer[] := (SELECT ARRAY_AGG(id ORDER BY id) FROM res_users WHERE active);
    bases text[] := ARRAY['standard', 'average', 'fifo', 'lot'];
    first_partner integer := pg_temp.writeoff_bench_ids('res_partner', 200);
    first_document integer := pg_temp.writeoff_bench_ids('inventory_writeoff', documents);
BEGIN
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', TRUE);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;

    INSERT INTO res_partner
    SELECT (jsonb_populate_record(model, jsonb_build_object(
               'id', first_partner + n, 'name', 'Supplier ' || n,
               'complete_name', 'Supplier ' || n))).*
      FROM generate_series(0, 199) AS n, res_partner model
     WHERE model.id = (SELECT MIN(id) FROM res_partner);

    INSERT INTO inventory_writeoff
    SELECT (jsonb_populate_record(NULL::inventory_writeoff, jsonb_build_object(
               'id', first_document + n, 'name', 'WO/BENCH/A/' || n, 'state', 'posted',
               'company_id', company,
               'requester_id', people[1 + n % CARDINALITY(people)],
               'approver_id', people[1 + n % CARDINALITY(people)],
               'poster_id', people[1],
               'reversal_of_id', CASE WHEN n % 10 = 9 THEN first_document + n - 9 END,
               'department', 'Department ' || n % 20,
               'accounting_date', CURRENT_DATE - n % 730,
               'submitted_at', CURRENT_DATE - n % 730 - 2 + TIME '08:00',
               'decided_at', CURRENT_DATE - n % 730 - 1 + TIME '08:00',
               'posted_at', CURRENT_DATE - n % 730 + TIME '08:00'))).*
      FROM generate_series(0, documents - 1) AS n;

    INSERT INTO inventory_writeoff_line (
        writeoff_id, company_id, product_id, product_category_id, category_id, lot_id,
        location_id, warehouse_id, supplier_id, reason_id, disposal_method_id,
        cost_basis, product_uom_id, quantity, product_quantity,
        value_estimated, value_posted, received_on, purchase_price,
        posted_chunk, sequence
    )
    SELECT first_document + n / 50, company, products[1 + n * 7 % CARDINALITY(products)],
           categories[1 + n * 7 % CARDINALITY(products)],
           categories[1 + n * 7 % CARDINALITY(products)],
           CASE WHEN n % 3 = 0 THEN lots[1 + n * 11 % CARDINALITY(lots)] END,
           shelves[1 + (n * 7 % CARDINALITY(products) + n / 1000 % 4) % CARDINALITY(shelves)], warehouse,
           first_partner + n * 17 % 200, reasons[1 + n % CARDINALITY(reasons)],
           methods[1 + n % CARDINALITY(methods)], bases[1 + n % 4], unit, 1 + n % 9,
           1 + n % 9, 1 + n % 90, (CASE WHEN n / 50 % 10 = 9 THEN -1 ELSE 1 END) * (1 + n % 90),
           CURRENT_DATE - 800 - n % 400, 1 + n % 90, 1, 10
      FROM generate_series(0, items - 1) AS n;

    ANALYZE res_partner, inventory_writeoff, inventory_writeoff_line;
    PERFORM set_config('session_replication_role', 'origin', TRUE);
END
$$;
