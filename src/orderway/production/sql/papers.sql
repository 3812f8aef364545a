-- name: lock_orders
-- Lock orders in key order.
select o.id, o.number, o.state from sales_order o
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id for update

-- name: specs
-- The specifications of orders with the newest calculation of their run, and whether the job tickets follow it.
select s.id, s.order_id, s.order_line_id, e.id as estimate_id, e.version, e.machine_id, e.sheets, e.make_ready, e.run_minutes, e.quantity,
       exists (select 1 from job_ticket t where t.order_line_id = s.order_line_id and t.estimate_id = e.id and t.state <> 'cancelled')
           as laid_out
from print_spec s
join lateral (select * from estimate e where e.spec_id = s.id and e.quantity = s.run order by e.version desc limit 1) e on true
where s.order_id = any(%(orders)s::bigint[]) and {visible print_spec s}
order by s.id

-- name: finishing_parts
-- The finishing operations of calculations, in the order of work.
select p.estimate_id, p.machine_id as machine, p.quantity
from estimate_part p
where p.estimate_id = any(%(estimates)s::bigint[]) and p.kind = 'finishing'
order by p.estimate_id, p.position

-- name: lock_open_tickets
-- Lock the job tickets of lines on which nothing was begun, in key order.
select t.id, t.order_id, t.state, t.planned_start, t.planned_end
from job_ticket t
where t.order_line_id = any(%(lines)s::bigint[]) and t.state in ('unscheduled', 'planned') and {visible job_ticket t}
order by t.id for update

-- name: lock_open_of_orders
-- Lock the job tickets of orders on which nothing was begun, in key order.
select t.id, t.order_id, t.state, t.planned_start, t.planned_end
from job_ticket t
where t.order_id = any(%(orders)s::bigint[]) and t.state in ('unscheduled', 'planned') and {visible job_ticket t}
order by t.id for update

-- name: withdraw
-- Withdraw job tickets.
update job_ticket set state = 'cancelled', planned_start = null, planned_end = null where id = any(%(ids)s::bigint[])

-- name: insert_tickets
-- Lay out job tickets.
insert into job_ticket (company_id, order_id, order_line_id, estimate_id, position, machine_id, quantity, unit, minutes, state)
select %(company)s::bigint, t."order", t.line, t.estimate, t.position, t.machine, t.quantity, t.unit, t.minutes, 'unscheduled'
from unnest(%(order)s::bigint[], %(line)s::bigint[], %(estimate)s::bigint[], %(position)s::integer[], %(machine)s::bigint[],
            %(quantity)s::integer[], %(unit)s::text[], %(minutes)s::integer[])
     with ordinality as t ("order", line, estimate, position, machine, quantity, unit, minutes, place)
order by t.place
returning id
