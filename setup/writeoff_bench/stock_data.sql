-- Stock of a large company, in seconds: products, lots, shelves, quants and done moves.
--
--   SELECT pg_temp.writeoff_bench_stock(company, shelf, 100000, 1000000);
--
-- company: id of a res.company; shelf: id of its stock location, below which the
-- shelves are made; then how many quants and how many done move lines. There is one
-- product for ten quants and one move for ten lines. A third of the products is
-- tracked by lot with an expiration date, a fifth of the lots has expired; a fifth of
-- the products has not moved for over 400 days; one shelf of fifty is quarantine.
-- The function lives in the session (pg_temp) and leaves nothing but its rows. Columns
-- of modules that are not installed are left out, as jsonb_populate_record does.
-- The same arguments give the same data.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_stock(
    company integer, shelf integer, quants integer, move_lines integer
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    products integer := GREATEST(quants / 10, 1);
    shelves integer := 500;
    unit integer := (SELECT res_id FROM ir_model_data
                      WHERE module = 'uom' AND name = 'product_uom_unit');
    customers integer := (SELECT res_id FROM ir_model_data
                           WHERE module = 'stock'
                             AND name = 'stock_location_customers');
    suppliers integer := (SELECT res_id FROM ir_model_data
                           WHERE module = 'stock'
                             AND name = 'stock_location_suppliers');
    today timestamp := date_trunc('day', now() AT TIME ZONE 'UTC');
    first_category integer;
    first_template integer;
    first_product integer;
    first_shelf integer;
    first_lot integer;
    first_move integer;
BEGIN
    -- Without this, checking a million rows against six tables takes most of the time.
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', TRUE);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    -- Ids are taken from the sequences in one block each, so that rows can be
    -- computed from one another.
    first_category := pg_temp.writeoff_bench_ids('product_category', 50);
    first_template := pg_temp.writeoff_bench_ids('product_template', products);
    first_product := pg_temp.writeoff_bench_ids('product_product', products);
    first_shelf := pg_temp.writeoff_bench_ids('stock_location', shelves);
    first_lot := pg_temp.writeoff_bench_ids('stock_lot', quants);
    first_move := pg_temp.writeoff_bench_ids('stock_move', move_lines / 10 + 1);

    INSERT INTO product_category
    SELECT (jsonb_populate_record(NULL::product_category, jsonb_build_object(
               'id', first_category + n, 'name', 'Benchmark ' || n,
               'complete_name', 'Benchmark ' || n,
               'parent_path', (first_category + n) || '/'))).*
      FROM generate_series(0, 49) AS n;

    INSERT INTO product_template
    SELECT (jsonb_populate_record(NULL::product_template, jsonb_build_object(
               'id', first_template + n,
               'name', jsonb_build_object('en_US', 'Benchmark ' || n),
               'type', 'consu', 'service_tracking', 'no', 'is_storable', TRUE,
               'active', TRUE, 'sale_ok', TRUE, 'purchase_ok', TRUE,
               'uom_id', unit, 'categ_id', first_category + n % 50,
               'tracking', CASE WHEN n % 3 = 0 THEN 'lot' ELSE 'none' END,
               'use_expiration_date', n % 3 = 0, 'lot_valuated', FALSE))).*
      FROM generate_series(0, products - 1) AS n;

    INSERT INTO product_product
    SELECT (jsonb_populate_record(NULL::product_product, jsonb_build_object(
               'id', first_product + n, 'product_tmpl_id', first_template + n,
               'active', TRUE,
               'standard_price', jsonb_build_object(company, 1 + n % 90)))).*
      FROM generate_series(0, products - 1) AS n;

    INSERT INTO stock_location
    SELECT (jsonb_populate_record(NULL::stock_location, jsonb_build_object(
               'id', first_shelf + n, 'name', 'Shelf ' || n,
               'complete_name', parent.complete_name || '/Shelf ' || n,
               'usage', 'internal', 'active', TRUE, 'company_id', company,
               'location_id', shelf, 'warehouse_id', parent.warehouse_id,
               'is_quarantine', n % 50 = 0,
               'parent_path', parent.parent_path || (first_shelf + n) || '/'))).*
      FROM generate_series(0, shelves - 1) AS n, stock_location parent
     WHERE parent.id = shelf;

    INSERT INTO stock_lot (id, name, product_id, company_id, expiration_date)
    SELECT first_lot + n, 'LOT' || (first_lot + n), first_product + n % products,
           company, today + make_interval(days => n * 7 % 500 - 100)
      FROM generate_series(0, quants - 1) AS n
     WHERE n % products % 3 = 0;

    INSERT INTO stock_quant (product_id, location_id, company_id, lot_id, quantity,
                             reserved_quantity, in_date, expiration_date)
    SELECT first_product + n % products, first_shelf + (n / products * 37 + n) % shelves,
           company, lot.id, 1 + n % 40, 0,
           today - make_interval(days => n * 11 % 900), lot.expiration_date
      FROM generate_series(0, quants - 1) AS n
 LEFT JOIN stock_lot lot ON lot.id = first_lot + n AND lot.company_id = company;

    -- Of ten moves seven are sales, two receipts, one goes from shelf to shelf.
    INSERT INTO stock_move (id, company_id, product_id, product_uom, location_id,
                            location_dest_id, procure_method, product_uom_qty,
                            product_qty, quantity, date, state, is_in, is_out, value)
    SELECT first_move + n, company, first_product + n % products, unit,
           CASE WHEN n / products % 10 IN (7, 8) THEN suppliers ELSE at END,
           CASE WHEN n / products % 10 < 7 THEN customers ELSE at + 1 END,
           'make_to_stock', 10, 10, 10,
           today - make_interval(
               days => (CASE WHEN n % products % 5 = 0 THEN 400 ELSE 0 END)
                       + n * 13 % 500),
           'done', n / products % 10 IN (7, 8), n / products % 10 < 7, 100
      FROM (SELECT n, first_shelf + n * 7 % (shelves - 1) AS at
              FROM generate_series(0, move_lines / 10) AS n) AS moves;

    INSERT INTO stock_move_line (move_id, company_id, product_id, product_uom_id,
                                 location_id, location_dest_id, quantity,
                                 quantity_product_uom, date, state, picked)
    SELECT move.id, company, move.product_id, unit, move.location_id,
           move.location_dest_id, 1, 1, move.date, 'done', TRUE
      FROM generate_series(0, move_lines - 1) AS n
      JOIN stock_move move ON move.id = first_move + n / 10;

    ANALYZE product_category, product_template, product_product, stock_location,
            stock_lot, stock_quant, stock_move, stock_move_line;
    PERFORM set_config('session_replication_role', 'origin', TRUE);
END
$$;

-- Reserve a block of ids of a table and return the first.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_ids(name text, count integer)
RETURNS integer LANGUAGE sql AS $$
    SELECT (setval(seq, nextval(seq) + count) - count)::integer
      FROM (SELECT pg_get_serial_sequence(name, 'id')::regclass AS seq) AS sequence;
$$;
