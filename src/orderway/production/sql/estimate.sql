-- name: machines
-- All machines of the company, as the estimate sees them.
select m.id, m.key, m.name, m.kind, m.sheet_width, m.sheet_height, m.units, m.hourly_cost, m.plate_cost, m.make_ready, m.per_hour
from machine m where {visible machine m} order by m.key

-- name: newest
-- The digests of the newest version of each specification's calculations.
select e.spec_id, array_agg(e.digest) as digests
from estimate e
where e.spec_id = any(%(specs)s::bigint[])
  and e.version = (select max(n.version) from estimate n where n.spec_id = e.spec_id)
group by e.spec_id

-- name: insert
-- Insert calculations with their parts, as the next version of their specifications.
with given as (
    select nextval('estimate_id_seq') as id, e.*,
           1 + coalesce((select max(n.version) from estimate n where n.spec_id = e.spec), 0) as version
    from unnest(%(spec)s::bigint[], %(order)s::bigint[], %(quantity)s::integer[], %(machine)s::bigint[], %(up)s::integer[],
                %(turned)s::boolean[], %(forms)s::integer[], %(sheets_net)s::integer[], %(spoilage)s::integer[], %(sheets)s::integer[],
                %(plates)s::integer[], %(make_ready)s::integer[], %(run_minutes)s::integer[], %(currency)s::text[], %(cost)s::numeric[],
                %(price)s::numeric[], %(digest)s::text[])
         with ordinality as e (spec, "order", quantity, machine, up, turned, forms, sheets_net, spoilage, sheets, plates, make_ready,
                               run_minutes, currency, cost, price, digest, place)
), written as (
    insert into estimate (id, company_id, order_id, spec_id, version, quantity, machine_id, up, turned, forms, sheets_net, spoilage,
                          sheets, plates, make_ready, run_minutes, currency, cost, price, digest, at)
    select g.id, %(company)s::bigint, g."order", g.spec, g.version, g.quantity, g.machine, g.up, g.turned, g.forms, g.sheets_net,
           g.spoilage, g.sheets, g.plates, g.make_ready, g.run_minutes, g.currency, g.cost, g.price, g.digest, %(now)s::timestamptz
    from given g
), parts as (
    insert into estimate_part (company_id, estimate_id, position, kind, name, machine_id, quantity, unit, rate, amount)
    select %(company)s::bigint, g.id, p.position, p.kind, p.name, p.machine, p.quantity, p.unit, p.rate, p.amount
    from unnest(%(owner)s::bigint[], %(position)s::integer[], %(part_kind)s::text[], %(part_name)s::text[], %(part_machine)s::bigint[],
                %(part_quantity)s::numeric[], %(part_unit)s::text[], %(part_rate)s::numeric[], %(part_amount)s::numeric[])
         as p (owner, position, kind, name, machine, quantity, unit, rate, amount)
    join given g on g.place = p.owner
)
select id from given order by place

-- name: lock_specs
-- Lock specifications after their orders, with the paper and whether work has begun.
select s.id, s.order_id, s.order_line_id, s.width, s.height, s.pages, s.colours_front, s.colours_back, s.run, s.finishing, s.grain,
       s.margin, p.width as sheet_width, p.height as sheet_height, p.grain as paper_grain, p.cost_per_thousand as sheet_cost,
       i.number as paper_number, i.name as paper_name, o.number, o.state, o.currency, l.position,
       exists (select 1 from job_ticket t where t.order_line_id = s.order_line_id and t.state in ('running', 'finished')) as begun
from print_spec s
join sales_order o on o.id = s.order_id
join order_line l on l.id = s.order_line_id
join paper p on p.id = s.paper_id
join item i on i.id = p.item_id
where s.id = any(%(ids)s::bigint[]) and {visible print_spec s}
order by o.id, s.id for update of o, s

-- name: set_margins
-- Set margins.
update print_spec s set margin = m.margin
from unnest(%(spec)s::bigint[], %(margin)s::numeric[]) as m (spec, margin)
where s.id = m.spec
