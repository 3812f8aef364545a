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

-- name: print_job
-- What decides whether the order form of an order or its papers are refused; nothing where it has no printed matter.
select o.id, o.number, o.state, l.lines, l.begun, l.specified
from sales_order o
cross join lateral (
    select count(*)::integer as lines,
           (count(*) filter (where exists (
               select 1 from job_ticket t where t.order_line_id = l.id and t.state in ('running', 'finished'))))::integer as begun,
           (count(*) filter (where exists (select 1 from print_spec s where s.order_line_id = l.id)))::integer as specified
    from order_line l join item i on i.id = l.item_id where l.order_id = o.id and i.kind = 'made'
) l
where o.id = %(id)s::bigint and l.lines > 0 and {visible sales_order o}
