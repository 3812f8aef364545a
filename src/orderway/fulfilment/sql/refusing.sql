-- name: leaves
-- What decides whether an act on a shipment is refused: its state and that of its order, and which carrier was asked.
select s.id, o.number as order_number, s.state, o.state as order_state,
       coalesce(b.state, '') as booking, coalesce(c.name, '') as carrier, coalesce(b.tracking, '') as tracking
from shipment s
join sales_order o on o.id = s.order_id
left join booking b on b.shipment_id = s.id and b.state <> 'dropped'
left join carrier c on c.id = b.carrier_id
where s.id = %(id)s::bigint and {visible shipment s}

-- name: lines
-- The lines of a shipment, with what their demands hold in the place they come from.
select l.id, l.shipment_id, l.demand_id, l.level_id, l.picked, coalesce(a.quantity, 0) as held
from shipment_line l
join shipment s on s.id = l.shipment_id
left join allocation a on a.demand_id = l.demand_id and a.level_id = l.level_id
where l.shipment_id = %(id)s::bigint and {visible shipment s}
order by l.id
