-- Gives the posted write-offs of tie_out_data.sql what a dashboard tells of: products,
-- reasons, disposal methods, people's times, steps of the log and open disposals.
--
--   SELECT pg_temp.writeoff_bench_told(company);
CREATE OR REPLACE FUNCTION pg_temp.writeoff_bench_told(company integer)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    products integer[] := (SELECT ARRAY_AGG(id ORDER BY id) FROM product_product
                            WHERE active);
    reasons integer[] := (SELECT ARRAY_AGG(id ORDER BY id)
                            FROM inventory_writeoff_reason WHERE active);
    methods integer[] := (SELECT ARRAY_AGG(id ORDER BY id)
                            FROM inventory_writeoff_disposal_method);
    shelves integer[] := (SELECT ARRAY_AGG(id ORDER BY id) FROM stock_location
                           WHERE usage = 'internal' AND company_id = company);
BEGIN
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', TRUE);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    UPDATE inventory_writeoff_line line
       SET product_id = products[1 + line.id % CARDINALITY(products)],
           reason_id = reasons[1 + line.id % CARDINALITY(reasons)],
           disposal_method_id = methods[1 + line.id % CARDINALITY(methods)],
           location_id = shelves[1 + line.id % CARDINALITY(shelves)]
     WHERE line.company_id = company;
    UPDATE inventory_writeoff_line line
       SET product_category_id = template.categ_id
      FROM product_product product
      JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE line.company_id = company AND product.id = line.product_id;
    UPDATE inventory_writeoff doc
       SET submitted_at = doc.accounting_date + TIME '08:00',
           posted_at = doc.accounting_date + TIME '14:00',
           value_posted = total.value, value_approved = total.value
      FROM (SELECT writeoff_id, SUM(value_posted) AS value
              FROM inventory_writeoff_line GROUP BY writeoff_id) AS total
     WHERE total.writeoff_id = doc.id AND doc.company_id = company;
    INSERT INTO inventory_writeoff_event (kind, logged_at, company_id, writeoff_id,
                                          reference, user_id, is_superuser, payload,
                                          sha256)
    SELECT kind, doc.posted_at, company, doc.id, doc.name, 1, FALSE, '{}', ''
      FROM inventory_writeoff doc,
           UNNEST(ARRAY['submitted', 'findings_settled', 'approved', 'posted']) AS kind
     WHERE doc.company_id = company;
    INSERT INTO inventory_writeoff_disposal (writeoff_id, company_id, state, opened_at,
                                             planned_method_id, disposal_method_id)
    SELECT doc.id, company, 'open', doc.posted_at, methods[1], methods[1]
      FROM inventory_writeoff doc
     WHERE doc.company_id = company;
    PERFORM set_config('session_replication_role', 'origin', TRUE);
END
$$;
