-- name: lock_lines
-- Lock order lines after their orders, with the warehouses goods may come back into.
select l.id, l.order_id, l.position, l.item_id, l.delivered,
       (select array_agg(w.id) from warehouse w where {visible warehouse w}) as warehouses
from order_line l join sales_order o on o.id = l.order_id
where l.id = any(%(ids)s::bigint[]) and {visible order_line l}
order by o.id, l.id for update

-- name: write
-- Write returns with their lines, in the order of the input.
with given as (
    select nextval('goods_return_id_seq') as id, r.*
    from unnest(%(order)s::bigint[], %(warehouse)s::bigint[], %(number)s::text[], %(reason)s::text[])
         with ordinality as r ("order", warehouse, number, reason, place)
), written as (
    insert into goods_return (id, company_id, order_id, warehouse_id, number, reason, at)
    select g.id, %(company)s::bigint, g."order", g.warehouse, g.number, g.reason, %(now)s::timestamptz from given g
), lines as (
    insert into return_line (company_id, goods_return_id, order_line_id, quantity)
    select %(company)s::bigint, g.id, c.line, c.quantity
    from unnest(%(place)s::bigint[], %(line)s::bigint[], %(quantity)s::numeric[]) as c (place, line, quantity)
    join given g on g.place = c.place
)
select id from given order by place
