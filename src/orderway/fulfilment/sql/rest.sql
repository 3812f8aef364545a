-- name: lock
-- Lock the shipments of orders that have not left the house, after their orders.
select s.id, s.order_id, s.state from shipment s join sales_order o on o.id = s.order_id
where s.order_id = any(%(orders)s::bigint[]) and s.state in ('open', 'picked', 'packed') and {visible shipment s}
order by o.id, s.id for update

-- name: beyond
-- Lines of these shipments that carry more than is held for them; what is packed keeps first, then what is picked.
with carried as (
    select l.id, l.shipment_id, l.picked, l.quantity, coalesce(l.picked, l.quantity) as carries, coalesce(a.quantity, 0) as held,
           coalesce(sum(coalesce(l.picked, l.quantity)) over (
               partition by l.demand_id, l.level_id
               order by s.state = 'open', s.state = 'picked', l.picked is null, l.id
               rows between unbounded preceding and 1 preceding), 0) as before
    from shipment_line l join shipment s on s.id = l.shipment_id
    left join allocation a on a.demand_id = l.demand_id and a.level_id = l.level_id
    where l.shipment_id = any(%(ids)s::bigint[])
)
select c.id, c.shipment_id, c.picked, c.quantity, c.carries, least(c.carries, greatest(c.held - c.before, 0)) as keeps
from carried c where c.carries > greatest(c.held - c.before, 0) order by c.id

-- name: trim
-- Lines carry less: a pick list asks for less, or is done where it asks for nothing; of what was picked some goes back.
update shipment_line l set picked = case when l.picked is null and w.keeps > 0 then null else w.keeps end,
       quantity = case when l.picked is null and w.keeps > 0 then w.keeps else l.quantity end
from unnest(%(line)s::bigint[], %(keeps)s::numeric[]) as w (line, keeps) where l.id = w.line

-- name: unpack
-- These shipments have no packages any more: what goes out must be packed again.
with contents as (
    delete from package_line c using package k where c.package_id = k.id and k.shipment_id = any(%(ids)s::bigint[])
)
delete from package where shipment_id = any(%(ids)s::bigint[])

-- name: restate
-- Where shipments stand by what they carry: nothing, all of it picked, or something still to pick.
with now as (
    select s.id, case when coalesce(sum(coalesce(l.picked, l.quantity)), 0) = 0 then 'cancelled'
                      when bool_or(l.picked is null) then 'open'
                      when s.state = 'packed' and s.id <> all(%(unpacked)s::bigint[]) then 'packed'
                      else 'picked' end as state
    from shipment s left join shipment_line l on l.shipment_id = s.id
    where s.id = any(%(ids)s::bigint[]) group by s.id
)
update shipment s set state = n.state from now n where s.id = n.id and s.state <> n.state
returning s.id, s.order_id, s.state
