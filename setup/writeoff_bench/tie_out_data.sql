-- Posted write-offs of a large company, in seconds: documents of 500 items, a stock move
-- for each item and an entry with a pair of items for each; and as many other moves.
--
--   SELECT pg_temp.writeoff_bench_posted(company, shelf, target, loss, stock, journal,
--                                        100000);
--
-- company: id of a res.company; shelf and target: ids of its stock and loss locations;
-- loss and stock: ids of its loss and stock valuation accounts; then the journal and how
-- many items. Uses pg_temp.writeoff_bench_ids of stock_data.sql. Three months, three
-- sides that agree, but for one entry that is a draft.
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_posted(
    company integer, shelf integer, target integer, loss integer, stock integer,
    journal integer, items integer
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    documents integer := items / 500;
    product integer := (SELECT MIN(id) FROM product_product WHERE active);
    unit integer := (SELECT res_id FROM ir_model_data
                      WHERE module = 'uom' AND name = 'product_uom_unit');
    customers integer := (SELECT res_id FROM ir_model_data
                           WHERE module = 'stock'
                             AND name = 'stock_location_customers');
    currency integer := (SELECT currency_id FROM res_company WHERE id = company);
    today date := CURRENT_DATE;
    first_document integer;
    first_line integer;
    first_move integer;
    first_entry integer;
    first_item integer;
BEGIN
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', TRUE);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    first_document := pg_temp.writeoff_bench_ids('inventory_writeoff', documents);
    first_line := pg_temp.writeoff_bench_ids('inventory_writeoff_line', items);
    first_move := pg_temp.writeoff_bench_ids('stock_move', items * 2);
    first_entry := pg_temp.writeoff_bench_ids('account_move', documents);
    first_item := pg_temp.writeoff_bench_ids('account_move_line', items * 2);

    INSERT INTO inventory_writeoff
    SELECT (jsonb_populate_record(NULL::inventory_writeoff, jsonb_build_object(
               'id', first_document + n, 'name', 'WO/BENCH/' || n, 'state', 'posted',
               'company_id', company, 'requester_id', 1,
               'accounting_date', today - (n % 90)))).*
      FROM generate_series(0, documents - 1) AS n;

    INSERT INTO inventory_writeoff_line
    SELECT (jsonb_populate_record(NULL::inventory_writeoff_line, jsonb_build_object(
               'id', first_line + n, 'writeoff_id', first_document + n / 500,
               'company_id', company, 'product_id', product, 'location_id', shelf,
               'quantity', 1, 'product_uom_id', unit, 'loss_account_id', loss,
               'value_posted', 1 + n % 90))).*
      FROM generate_series(0, items - 1) AS n;

    INSERT INTO stock_move (id, company_id, product_id, product_uom, location_id,
                            location_dest_id, procure_method, product_uom_qty,
                            product_qty, quantity, date, state, is_in, is_out, value,
                            writeoff_id, writeoff_line_id, account_move_id, reference)
    SELECT first_move + n, company, product, unit, shelf,
           CASE WHEN n < items THEN target ELSE customers END, 'make_to_stock',
           1, 1, 1, today - (n % items / 500 % 90), 'done', FALSE, TRUE,
           1 + n % items % 90,
           CASE WHEN n < items THEN first_document + n / 500 END,
           CASE WHEN n < items THEN first_line + n END,
           CASE WHEN n < items THEN first_entry + n / 500 END, 'WO/BENCH'
      FROM generate_series(0, items * 2 - 1) AS n;

    INSERT INTO account_move
    SELECT (jsonb_populate_record(NULL::account_move, jsonb_build_object(
               'id', first_entry + n, 'name', 'BENCH/' || n, 'move_type', 'entry',
               'state', CASE WHEN n = 0 THEN 'draft' ELSE 'posted' END,
               'date', today - (n % 90), 'journal_id', journal,
               'company_id', company, 'currency_id', currency, 'auto_post', 'no',
               'writeoff_id', first_document + n))).*
      FROM generate_series(0, documents - 1) AS n;

    INSERT INTO account_move_line
    SELECT (jsonb_populate_record(NULL::account_move_line, jsonb_build_object(
               'id', first_item + n, 'move_id', first_entry + n / 1000,
               'company_id', company, 'currency_id', currency, 'journal_id', journal,
               'account_id', CASE WHEN n % 2 = 0 THEN loss ELSE stock END,
               'balance', (1 - n % 2 * 2) * (1 + n / 2 % 90), 'display_type', 'product',
               'parent_state', CASE WHEN n < 1000 THEN 'draft' ELSE 'posted' END,
               'date', today - (n / 1000 % 90)))).*
      FROM generate_series(0, items * 2 - 1) AS n;

    ANALYZE inventory_writeoff, inventory_writeoff_line, stock_move, account_move,
            account_move_line;
    PERFORM set_config('session_replication_role', 'origin', TRUE);
END
$$;
