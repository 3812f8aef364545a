-- name: lock
-- Lock job tickets in key order, with their order, machine and the moment they are due: the end of the deadline's day.
select t.id, t.order_id, t.order_line_id, t.state, t.machine_id, t.quantity, t.minutes, t.planned_start, t.planned_end,
       m.name as machine, m.kind as machine_kind, o.number, o.state as order_state, o.prepay_open, e.forms,
       s.colours_front, s.colours_back, (s.deadline + 1)::timestamp at time zone c.timezone as due
from job_ticket t
join machine m on m.id = t.machine_id
join sales_order o on o.id = t.order_id
join estimate e on e.id = t.estimate_id
join print_spec s on s.order_line_id = t.order_line_id
join company c on c.id = t.company_id
where t.id = any(%(ids)s::bigint[]) and {visible job_ticket t}
order by t.id for update of t

-- name: lock_machines
-- Lock machines in key order: one plans on a machine at a time.
select m.id, m.key, m.name, m.kind, m.sheet_width, m.sheet_height, m.units, m.hourly_cost, m.plate_cost, m.make_ready, m.per_hour
from machine m where m.id = any(%(ids)s::bigint[]) and {visible machine m}
order by m.id for update

-- name: taken
-- What is planned or running on machines, without the tickets that are to move.
select t.id, t.machine_id, t.planned_start, t.planned_end, o.number
from job_ticket t join sales_order o on o.id = t.order_id
where t.machine_id = any(%(machines)s::bigint[]) and t.state in ('planned', 'running') and t.id <> all(%(moving)s::bigint[])
order by t.planned_start

-- name: free
-- Take tickets off their machines.
update job_ticket set state = 'unscheduled', planned_start = null, planned_end = null where id = any(%(ids)s::bigint[])

-- name: plan
-- Place tickets on machines.
update job_ticket t set state = 'planned', machine_id = p.machine, minutes = p.minutes, planned_start = p.start, planned_end = p."end"
from unnest(%(id)s::bigint[], %(machine)s::bigint[], %(minutes)s::integer[], %(start)s::timestamptz[], %(end)s::timestamptz[])
     as p (id, machine, minutes, start, "end")
where t.id = p.id

-- name: running
-- What runs on machines.
select t.id, t.machine_id, o.number
from job_ticket t join sales_order o on o.id = t.order_id
where t.machine_id = any(%(machines)s::bigint[]) and t.state = 'running'

-- name: start
-- The tickets run.
update job_ticket set state = 'running', started_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[])

-- name: finish
-- The tickets are done.
update job_ticket t set state = 'finished', finished_at = %(now)s::timestamptz, good = f.good, waste = f.waste
from unnest(%(ids)s::bigint[], %(good)s::numeric[], %(waste)s::numeric[]) as f (id, good, waste)
where t.id = f.id

-- name: made_lines
-- Lines of which every operation is finished: the good copies of the last one, and the warehouse they go into.
select l.id, l.order_id, l.item_id,
       (array_agg(t.good order by t.position desc))[1] as good,
       coalesce(d.warehouse_id, (select w.id from warehouse w where w.company_id = l.company_id order by w.rank, w.id limit 1))
           as warehouse_id
from order_line l
join job_ticket t on t.order_line_id = l.id and t.state <> 'cancelled'
left join demand d on d.id = l.demand_id
where l.id = any(%(lines)s::bigint[])
group by l.id, l.order_id, l.item_id, l.company_id, d.warehouse_id
having bool_and(t.state = 'finished')
order by l.id

-- name: made_orders
-- Which of these orders have no operation left to do.
select o.id from sales_order o
where o.id = any(%(orders)s::bigint[])
  and not exists (select 1 from job_ticket t where t.order_id = o.id and t.state in ('unscheduled', 'planned', 'running'))
order by o.id
