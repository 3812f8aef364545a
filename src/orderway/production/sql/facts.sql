-- name: order
-- The digests of the calculations that price an order's lines; null while there is none.
select s.order_id as id, string_agg(e.digest, ' ' order by s.id) as calculation
from print_spec s
join lateral (select e.digest from estimate e where e.spec_id = s.id and e.quantity = s.run order by e.version desc limit 1) e on true
where s.order_id = any(%(ids)s::bigint[]) and {visible print_spec s}
group by s.order_id
