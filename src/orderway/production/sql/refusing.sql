-- name: leaves
-- What decides whether an act on a job ticket is refused: its state, its order's, and what runs on its machine.
select t.id, t.order_id, o.number, t.state, o.state as order_state, o.prepay_open, t.machine_id, m.name as machine, r.id as running_id,
       coalesce(x.number, '') as running_number
from job_ticket t
join sales_order o on o.id = t.order_id
join machine m on m.id = t.machine_id
left join lateral (select r.id, r.order_id from job_ticket r where r.machine_id = t.machine_id and r.state = 'running' order by r.id limit 1)
    r on true
left join sales_order x on x.id = r.order_id
where t.id = %(id)s::bigint and {visible job_ticket t}
