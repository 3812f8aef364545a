-- name: unscheduled
-- Job tickets to be placed.
select t.id, t.position, t.quantity, t.unit, t.minutes, t.machine_id, m.key as machine, m.name as machine_name, m.kind as machine_kind,
       t.order_id, o.number, o.state as order_state, c.name as customer, l.description, s.run, s.deadline
from job_ticket t
join machine m on m.id = t.machine_id
join sales_order o on o.id = t.order_id
join party c on c.id = o.customer_id
join order_line l on l.id = t.order_line_id
join print_spec s on s.order_line_id = t.order_line_id
where {visible job_ticket t} and t.state = 'unscheduled' and o.state in ('placed', 'held', 'confirmed')
  and (o.number ilike %(search)s::text || '%%' or c.name ilike '%%' || %(search)s::text || '%%') --? search
  and m.key = %(machine)s::text --? machine
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: plan
-- What stands on the machines on some days.
select t.id, t.position, t.state, t.planned_start, t.planned_end, t.started_at, t.finished_at, t.quantity, t.unit, t.minutes, t.good,
       t.waste, t.machine_id, m.key as machine, m.name as machine_name, t.order_id, o.number, c.name as customer, l.description,
       s.run, s.deadline, t.planned_end > (s.deadline + 1)::timestamp at time zone f.timezone as late
from job_ticket t
join machine m on m.id = t.machine_id
join sales_order o on o.id = t.order_id
join party c on c.id = o.customer_id
join order_line l on l.id = t.order_line_id
join print_spec s on s.order_line_id = t.order_line_id
join company f on f.id = t.company_id
where {visible job_ticket t} and t.state in ('planned', 'running', 'finished')
  and t.planned_start < (%(last)s::date + 1)::timestamp at time zone f.timezone
  and t.planned_end > %(first)s::date::timestamp at time zone f.timezone
  and m.key = %(machine)s::text --? machine
order by m.kind desc, m.key, t.planned_start, t.id

-- name: progress
-- How far printed matter is.
select s.id, s.order_id, o.number, o.state as order_state, c.name as customer, l.description, s.run, s.deadline,
       w.operations, w.finished, w.started_at, w.finished_at, w.planned_end, w.good, w.waste,
       case when w.operations = w.finished and w.operations > 0 then 'produced' when w.begun > 0 then 'in_production'
            when w.unscheduled = 0 and w.operations > 0 then 'planned' else 'unscheduled' end as stage,
       coalesce(w.planned_end > (s.deadline + 1)::timestamp at time zone f.timezone, false) as late
from print_spec s
join sales_order o on o.id = s.order_id
join party c on c.id = o.customer_id
join order_line l on l.id = s.order_line_id
join company f on f.id = s.company_id
join lateral (
    select count(*)::integer as operations, count(*) filter (where t.state = 'finished')::integer as finished,
           count(*) filter (where t.state in ('running', 'finished'))::integer as begun,
           count(*) filter (where t.state = 'unscheduled')::integer as unscheduled,
           min(t.started_at) as started_at, max(t.finished_at) as finished_at, max(t.planned_end) as planned_end,
           (array_agg(t.good order by t.position desc))[1] as good, coalesce(sum(t.waste), 0) as waste
    from job_ticket t where t.order_line_id = s.order_line_id and t.state <> 'cancelled'
) w on true
where {visible print_spec s} and o.state in ('placed', 'held', 'confirmed')
  and (o.number ilike %(search)s::text || '%%' or c.name ilike '%%' || %(search)s::text || '%%') --? search
  and s.order_id = %(order)s::bigint --? order
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: specs
-- The order forms of one order with the calculations that priced their lines.
select s.*, i.number as paper_number, i.name as paper_name, l.position, l.description, l.net, e.id as estimate_id, e.version,
       e.up, e.forms, e.sheets_net, e.spoilage, e.sheets, e.plates, e.make_ready, e.run_minutes, e.cost, e.price, e.currency,
       m.name as press
from print_spec s
join paper p on p.id = s.paper_id
join item i on i.id = p.item_id
join order_line l on l.id = s.order_line_id
join lateral (select * from estimate e where e.spec_id = s.id and e.quantity = s.run order by e.version desc limit 1) e on true
join machine m on m.id = e.machine_id
where s.order_id = %(order)s::bigint and {visible print_spec s}
order by l.position

-- name: tickets
-- The job tickets of one order.
select t.id, t.position, t.state, t.quantity, t.unit, t.minutes, t.planned_start, t.planned_end, t.started_at, t.finished_at, t.good,
       t.waste, t.machine_id, m.name as machine, l.position as line,
       coalesce(t.planned_end > (s.deadline + 1)::timestamp at time zone f.timezone, false) as late
from job_ticket t
join machine m on m.id = t.machine_id
join order_line l on l.id = t.order_line_id
join print_spec s on s.order_line_id = t.order_line_id
join company f on f.id = t.company_id
where t.order_id = %(order)s::bigint and t.state <> 'cancelled' and {visible job_ticket t}
order by l.position, t.position

-- name: estimates
-- The newest calculations of one specification.
select e.*, m.name as press, round(e.price * 1000 / e.quantity, 2) as per_thousand
from estimate e join machine m on m.id = e.machine_id
where e.spec_id = %(spec)s::bigint and {visible estimate e}
  and e.version = (select max(n.version) from estimate n where n.spec_id = e.spec_id)
order by e.quantity

-- name: parts
-- The rows of one calculation.
select p.position, p.kind, p.name, p.quantity, p.unit, p.rate, p.amount
from estimate_part p
where p.estimate_id = %(estimate)s::bigint and {visible estimate_part p}
order by p.position

-- name: machines
-- All machines.
select m.* from machine m where {visible machine m} order by m.kind desc, m.key

-- name: papers
-- All papers.
select p.*, i.number, i.name from paper p join item i on i.id = p.item_id where {visible paper p} order by i.number

-- name: forms
-- The order forms of one order, else those of the order it was copied from, without their deadline.
select l.id as line, l.position, l.description, s.id is not null as filled,
       coalesce(s.width, c.width) as width, coalesce(s.height, c.height) as height, coalesce(s.pages, c.pages) as pages,
       p.number as paper, coalesce(s.colours_front, c.colours_front) as colours_front,
       coalesce(s.colours_back, c.colours_back) as colours_back, coalesce(s.run, l.quantity - l.cancelled) as run,
       coalesce(s.finishing, c.finishing) as finishing, coalesce(s.grain, c.grain) as grain, s.deadline,
       coalesce(s.notes, c.notes) as notes, coalesce(s.margin, c.margin) as margin
from order_line l
join item i on i.id = l.item_id and i.kind = 'made'
join sales_order o on o.id = l.order_id
left join print_spec s on s.order_line_id = l.id
left join order_line t on t.order_id = o.copied_from_id and t.item_id = l.item_id and t.position = l.position
left join print_spec c on c.order_line_id = t.id
left join paper q on q.id = coalesce(s.paper_id, c.paper_id)
left join item p on p.id = q.item_id
where l.order_id = %(order)s::bigint and {visible order_line l}
order by l.position
