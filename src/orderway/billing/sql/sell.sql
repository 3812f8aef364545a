-- name: walk_in
-- The customer who stands for everybody without an account.
select p.id, p.number, p.name from party_key k join party p on p.id = k.party_id
where k.company_id = %(company)s::bigint and k.scheme = %(scheme)s::text and k.value = %(sign)s::text and {visible party p}

-- name: goods
-- Which of these items lie in stock; the others are services.
select i.id from item i where i.id = any(%(items)s::bigint[]) and i.kind <> 'service' and {visible item i}

-- name: on_shipments
-- What is to be picked for these shipments.
select l.id, l.quantity from shipment_line l where l.shipment_id = any(%(ids)s::bigint[]) and {visible shipment_line l} order by l.id

-- name: asked_for
-- Orders that ask for a prepayment.
select o.id from sales_order o where o.id = any(%(ids)s::bigint[]) and o.prepay_open and {visible sales_order o} order by o.id

-- name: dues
-- What the invoices of these orders ask for.
select i.id, i.order_id, i.due, i.currency from invoice i where i.id = any(%(ids)s::bigint[]) and {visible invoice i} order by i.id
