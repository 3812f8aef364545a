-- name: set_machines
-- Set machines up or change those whose key is known.
insert into machine (company_id, key, name, kind, sheet_width, sheet_height, units, hourly_cost, plate_cost, make_ready, per_hour)
select %(company)s::bigint, m.key, m.name, m.kind, m.sheet_width, m.sheet_height, m.units, m.hourly_cost, m.plate_cost, m.make_ready,
       m.per_hour
from unnest(%(key)s::text[], %(name)s::text[], %(kind)s::text[], %(sheet_width)s::numeric[], %(sheet_height)s::numeric[],
            %(units)s::integer[], %(hourly_cost)s::numeric[], %(plate_cost)s::numeric[], %(make_ready)s::integer[], %(per_hour)s::integer[])
     with ordinality as m (key, name, kind, sheet_width, sheet_height, units, hourly_cost, plate_cost, make_ready, per_hour, place)
order by m.place
on conflict (company_id, key) do update
set name = excluded.name, kind = excluded.kind, sheet_width = excluded.sheet_width, sheet_height = excluded.sheet_height,
    units = excluded.units, hourly_cost = excluded.hourly_cost, plate_cost = excluded.plate_cost, make_ready = excluded.make_ready,
    per_hour = excluded.per_hour
returning id

-- name: known_items
-- Which of these items exist.
select i.id from item i where i.id = any(%(ids)s::bigint[]) and {visible item i}

-- name: describe_papers
-- Describe items as papers or describe them anew.
insert into paper (company_id, item_id, grade, gsm, width, height, grain, cost_per_thousand, sheets_per_unit, colour, surface, caliper, opacity,
                   certificate, supplier, sheets_per_ream)
select %(company)s::bigint, p.item, p.grade, p.gsm, p.width, p.height, p.grain, p.cost_per_thousand, p.sheets_per_unit, p.colour, p.surface, p.caliper,
       p.opacity, p.certificate, p.supplier, p.sheets_per_ream
from unnest(%(item)s::bigint[], %(grade)s::text[], %(gsm)s::numeric[], %(width)s::numeric[], %(height)s::numeric[], %(grain)s::text[],
            %(cost_per_thousand)s::numeric[], %(sheets_per_unit)s::integer[], %(colour)s::text[], %(surface)s::text[], %(caliper)s::numeric[], %(opacity)s::numeric[],
            %(certificate)s::text[], %(supplier)s::text[], %(sheets_per_ream)s::integer[])
     with ordinality as p (item, grade, gsm, width, height, grain, cost_per_thousand, sheets_per_unit, colour, surface, caliper, opacity, certificate,
                           supplier, sheets_per_ream, place)
order by p.place
on conflict (item_id) do update
set grade = excluded.grade, gsm = excluded.gsm, width = excluded.width, height = excluded.height, grain = excluded.grain,
    cost_per_thousand = excluded.cost_per_thousand, sheets_per_unit = excluded.sheets_per_unit, colour = excluded.colour, surface = excluded.surface, caliper = excluded.caliper,
    opacity = excluded.opacity, certificate = excluded.certificate, supplier = excluded.supplier,
    sheets_per_ream = excluded.sheets_per_ream
returning id
