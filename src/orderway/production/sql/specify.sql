-- name: lock_lines
-- Lock orders in key order and read their lines.
select o.id as order_id, o.number, o.state, o.currency, l.id, l.position, i.kind,
       exists (select 1 from job_ticket t where t.order_line_id = l.id and t.state in ('running', 'finished')) as begun
from sales_order o
join order_line l on l.order_id = o.id
join item i on i.id = l.item_id
where o.id = any(%(orders)s::bigint[]) and {visible sales_order o}
order by o.id, l.id for update of o

-- name: papers
-- All items that are described as papers.
select p.id, i.number, i.name, p.width, p.height, p.grain, p.cost_per_thousand
from paper p join item i on i.id = p.item_id
where {visible paper p}
order by i.number

-- name: made_items
-- Which of these items are made for an order.
select i.id from item i where i.id = any(%(ids)s::bigint[]) and i.kind = 'made' and {visible item i}

-- name: timezone
-- Where the company is, and what it counts in.
select c.timezone, c.currency from company c where c.id = %(company)s::bigint

-- name: before
-- The specifications of lines as they are now.
select s.id, s.order_id, s.order_line_id, s.paper_id, s.width, s.height, s.pages, s.colours_front, s.colours_back, s.run,
       s.finishing, s.grain, s.deadline, s.notes, s.margin
from print_spec s where s.order_line_id = any(%(lines)s::bigint[]) and {visible print_spec s}
order by s.id for update

-- name: write
-- Write specifications, one a line.
insert into print_spec (company_id, order_id, order_line_id, paper_id, width, height, pages, colours_front, colours_back, run,
                        finishing, grain, deadline, notes, margin)
select %(company)s::bigint, s."order", s.line, s.paper_id, s.width, s.height, s.pages, s.colours_front, s.colours_back, s.run,
       string_to_array(s.finishing, ','), s.grain, s.deadline, s.notes, s.margin
from unnest(%(order)s::bigint[], %(line)s::bigint[], %(paper_id)s::bigint[], %(width)s::numeric[], %(height)s::numeric[],
            %(pages)s::integer[], %(colours_front)s::integer[], %(colours_back)s::integer[], %(run)s::integer[],
            %(finishing)s::text[], %(grain)s::text[], %(deadline)s::date[], %(notes)s::text[], %(margin)s::numeric[])
     with ordinality as s ("order", line, paper_id, width, height, pages, colours_front, colours_back, run, finishing, grain,
                           deadline, notes, margin, place)
order by s.place
on conflict (order_line_id) do update
set paper_id = excluded.paper_id, width = excluded.width, height = excluded.height, pages = excluded.pages,
    colours_front = excluded.colours_front, colours_back = excluded.colours_back, run = excluded.run, finishing = excluded.finishing,
    grain = excluded.grain, deadline = excluded.deadline, notes = excluded.notes, margin = excluded.margin
returning id, order_line_id
