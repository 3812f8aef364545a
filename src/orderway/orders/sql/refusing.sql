-- name: leaves
-- What decides whether an act on an order is refused: its state, how far its lines are, and its money.
select o.id, o.number, o.state, l.lines, l.begun, l.undelivered, l.uninvoiced, l.returned, o.settled, o.prepay_open
from sales_order o
cross join lateral (
    select count(*)::integer as lines,
           (count(*) filter (where l.delivered <> 0 or l.invoiced <> 0))::integer as begun,
           (count(*) filter (where l.demand_id is not null and l.delivered < l.quantity - l.cancelled))::integer as undelivered,
           (count(*) filter (where l.invoiced < l.quantity - l.cancelled))::integer as uninvoiced,
           (count(*) filter (where l.demand_id is not null and l.invoiced > l.delivered))::integer as returned
    from order_line l where l.order_id = o.id
) l
where o.id = %(id)s::bigint and {visible sales_order o}

-- name: waived
-- Of which checks of an order a person said that they may pass, with the evidence that was so.
select f.check_name, f.evidence::text as evidence from finding f
where f.order_id = %(id)s::bigint and f.waived_reason <> '' and {visible finding f}
order by f.check_name

-- name: lines
-- How far the lines of an order are, for what is to be charged of them now.
select l.demand_id is not null as stocked, l.quantity, l.cancelled, l.delivered, l.invoiced from order_line l
where l.order_id = %(id)s::bigint and {visible order_line l}
order by l.id

-- name: open_lines
-- The lines of an order with what is still open of them, for what may be done to a line.
select l.id, l.position, o.number, o.state, l.quantity - l.cancelled - l.delivered as open, l.delivered
from order_line l join sales_order o on o.id = l.order_id
where l.order_id = %(id)s::bigint and {visible order_line l}
order by l.position
