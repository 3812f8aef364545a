-- name: open_warehouses
-- Open warehouses or rename those whose key is known.
insert into warehouse (company_id, key, name, rank)
select %(company)s::bigint, w.key, w.name, w.rank
from unnest(%(key)s::text[], %(name)s::text[], %(rank)s::integer[]) as w (key, name, rank)
on conflict (company_id, key) do update set name = excluded.name, rank = excluded.rank
returning id

-- name: ensure_levels
-- Make the levels that do not exist yet, in key order so that two writers never wait crosswise.
insert into stock_level (company_id, warehouse_id, item_id, on_hand, reserved)
select distinct %(company)s::bigint, m.warehouse, m.item, 0, 0
from unnest(%(warehouse)s::bigint[], %(item)s::bigint[]) as m (warehouse, item)
join warehouse w on w.id = m.warehouse and {visible warehouse w}
order by m.item, m.warehouse
on conflict (item_id, warehouse_id) do nothing

-- name: lock_levels
-- Lock the levels of some items in key order.
select l.id, l.item_id, l.warehouse_id, l.on_hand, l.reserved, w.rank, w.key
from stock_level l join warehouse w on w.id = l.warehouse_id
where l.item_id = any(%(items)s::bigint[]) and {visible stock_level l}
order by l.id for update of l

-- name: move
-- Write the ledger and move its sum in the same statement.
with m as (
    select * from unnest(%(level)s::bigint[], %(quantity)s::numeric[], %(reason)s::text[]) as m (level, quantity, reason)
), ledger as (
    insert into stock_move (company_id, level_id, quantity, reason, at, command_id)
    select %(company)s::bigint, m.level, m.quantity, m.reason, %(now)s::timestamptz, %(command_id)s::bigint from m
), total as (
    select m.level, sum(m.quantity) as quantity from m group by m.level
)
update stock_level l set on_hand = l.on_hand + t.quantity from total t where l.id = t.level
returning l.id, l.on_hand, l.reserved

-- name: place_demands
-- Place demands, in the order of the input.
insert into demand (company_id, item_id, quantity, allocated, met, warehouse_id, due_on, priority, placed_at)
select %(company)s::bigint, d.item, d.quantity, 0, 0,
       (select w.id from warehouse w where w.id = d.warehouse and {visible warehouse w}), d.due_on, d.priority,
       coalesce(d.since, %(now)s::timestamptz)
from unnest(%(item)s::bigint[], %(quantity)s::numeric[], %(due_on)s::date[], %(warehouse)s::bigint[], %(priority)s::integer[],
            %(since)s::timestamptz[])
     with ordinality as d (item, quantity, due_on, warehouse, priority, since, place)
order by d.place
returning id

-- name: lock_demands
-- Lock demands in key order, with what they still lack.
select d.id, d.item_id, d.quantity, d.allocated, d.met, d.warehouse_id, d.due_on, d.priority
from demand d where d.id = any(%(ids)s::bigint[]) and {visible demand d}
order by d.id for update

-- name: line_up
-- Lock demands in key order and answer them as they are served: who has waited too long, the longest first; then by class, due day, age.
with locked as materialized (
    select d.id, d.item_id, d.quantity, d.allocated, d.met, d.warehouse_id, d.due_on, d.priority, d.placed_at
    from demand d where d.id = any(%(ids)s::bigint[]) and {visible demand d}
    order by d.id for update
), queue as (
    select l.*, l.placed_at < w.until as overdue
    from locked l cross join patience(%(company)s::bigint, %(now)s::timestamptz, %(patience)s::integer) w
)
select q.id, q.item_id, q.quantity, q.allocated, q.met, q.warehouse_id, q.overdue
from queue q
order by q.overdue desc, case when q.overdue then q.placed_at end, q.priority, q.due_on nulls last, q.placed_at, q.id

-- name: prioritise
-- Give demands another priority, locked in key order; answers what changed.
with p as (
    select * from unnest(%(demand)s::bigint[], %(priority)s::integer[]) as p (demand, priority)
), locked as materialized (
    select d.id, d.priority as before, p.priority as after from demand d join p on p.demand = d.id
    where {visible demand d} order by d.id for update of d
)
update demand d set priority = l.after from locked l where d.id = l.id and l.before <> l.after
returning d.id, l.before, l.after

-- name: ensure_serving
-- Make the company's row where there is none, and lock it.
insert into serving as s (company_id, patience_days) values (%(company)s::bigint, %(patience)s::integer)
on conflict (company_id) do update set patience_days = s.patience_days
returning s.id, s.patience_days

-- name: set_patience
-- Write after how many days of waiting a demand goes first.
update serving set patience_days = %(days)s::integer where company_id = %(company)s::bigint

-- name: serving
-- After how many days of waiting a demand of this company goes first.
select w.days as patience_days from patience(%(company)s::bigint, %(now)s::timestamptz, %(patience)s::integer) w

-- name: allocate
-- Give shares of levels to demands, and move both sums.
with s as (
    select * from unnest(%(demand)s::bigint[], %(level)s::bigint[], %(quantity)s::numeric[]) as s (demand, level, quantity)
), given as (
    insert into allocation as a (demand_id, level_id, quantity)
    select s.demand, s.level, s.quantity from s
    on conflict (demand_id, level_id) do update set quantity = a.quantity + excluded.quantity
), held as (
    update stock_level l set reserved = l.reserved + t.quantity
    from (select level, sum(quantity) as quantity from s group by level) t where l.id = t.level
)
update demand d set allocated = d.allocated + t.quantity
from (select demand, sum(quantity) as quantity from s group by demand) t where d.id = t.demand
returning d.id, d.quantity, d.allocated, d.met

-- name: let_go
-- Give back what demands hold, and shrink each to what has left the house where `shrink` says so.
with gone as (
    delete from allocation a where a.demand_id = any(%(demand)s::bigint[]) returning a.demand_id, a.level_id, a.quantity
), freed as (
    update stock_level l set reserved = l.reserved - t.quantity
    from (select level_id, sum(quantity) as quantity from gone group by level_id) t where l.id = t.level_id
)
update demand d set allocated = 0, quantity = case when %(shrink)s::boolean then d.met else d.quantity end
where d.id = any(%(demand)s::bigint[])
returning d.id

-- name: lock_allocations
-- What demands hold, and where; locked in key order.
select a.id, a.demand_id, a.level_id, a.quantity, l.warehouse_id, l.item_id
from allocation a join stock_level l on l.id = a.level_id
where a.demand_id = any(%(demand)s::bigint[]) and {visible stock_level l}
order by a.id for update of a

-- name: issue
-- Goods leave: allocations shrink or vanish, levels and demands move, the ledger says why.
with i as (
    select * from unnest(%(demand)s::bigint[], %(level)s::bigint[], %(quantity)s::numeric[]) as i (demand, level, quantity)
), kept as (
    update allocation a set quantity = a.quantity - i.quantity from i
    where a.demand_id = i.demand and a.level_id = i.level and a.quantity > i.quantity
), gone as (
    delete from allocation a using i where a.demand_id = i.demand and a.level_id = i.level and a.quantity = i.quantity
), ledger as (
    insert into stock_move (company_id, level_id, quantity, reason, at, command_id)
    select %(company)s::bigint, i.level, -i.quantity, %(reason)s::text, %(now)s::timestamptz, %(command_id)s::bigint from i
), levels as (
    update stock_level l set on_hand = l.on_hand - t.quantity, reserved = l.reserved - t.quantity
    from (select level, sum(quantity) as quantity from i group by level) t where l.id = t.level
)
update demand d set allocated = d.allocated - t.quantity, met = d.met + t.quantity
from (select demand, sum(quantity) as quantity from i group by demand) t where d.id = t.demand
returning d.id, d.quantity, d.met

-- name: give_back
-- Free shares that demands hold.
with g as (
    select * from unnest(%(demand)s::bigint[], %(level)s::bigint[], %(quantity)s::numeric[]) as g (demand, level, quantity)
), kept as (
    update allocation a set quantity = a.quantity - g.quantity from g
    where a.demand_id = g.demand and a.level_id = g.level and a.quantity > g.quantity
), gone as (
    delete from allocation a using g where a.demand_id = g.demand and a.level_id = g.level and a.quantity = g.quantity
), levels as (
    update stock_level l set reserved = l.reserved - t.quantity
    from (select level, sum(quantity) as quantity from g group by level) t where l.id = t.level
)
update demand d set allocated = d.allocated - t.quantity
from (select demand, sum(quantity) as quantity from g group by demand) t where d.id = t.demand
returning d.id

-- name: shorten
-- Let demands want less; what they hold beyond the rest is freed, the newest allocation first.
with w as (
    select d.id, greatest(d.quantity - w.less, d.met) as quantity,
           d.allocated - least(d.allocated, greatest(d.quantity - w.less - d.met, 0)) as free
    from unnest(%(demand)s::bigint[], %(less)s::numeric[]) as w (demand, less) join demand d on d.id = w.demand
), part as (
    select a.id, a.level_id, a.quantity,
           least(a.quantity, greatest(w.free - coalesce(sum(a.quantity) over (
               partition by a.demand_id order by a.id desc rows between unbounded preceding and 1 preceding), 0), 0)) as free
    from w join allocation a on a.demand_id = w.id
), kept as (
    update allocation a set quantity = a.quantity - p.free from part p where a.id = p.id and p.free > 0 and p.free < a.quantity
), gone as (
    delete from allocation a using part p where a.id = p.id and p.free = a.quantity
), levels as (
    update stock_level l set reserved = l.reserved - t.free
    from (select level_id, sum(free) as free from part group by level_id) t where l.id = t.level_id
)
update demand d set quantity = w.quantity, allocated = d.allocated - w.free from w where d.id = w.id
returning d.id

-- name: levels
-- Stock by item and warehouse.
select l.id, i.id as item_id, i.number, i.name, i.unit, w.id as warehouse_id, w.key as warehouse, w.name as warehouse_name,
       l.on_hand, l.reserved, l.on_hand - l.reserved as free
from stock_level l join item i on i.id = l.item_id join warehouse w on w.id = l.warehouse_id
where {visible stock_level l}
  and (i.name ilike '%%' || %(search)s::text || '%%' or i.number ilike %(search)s::text || '%%') --? search
  and w.key = %(warehouse)s::text --? warehouse
  and l.item_id = %(item)s::bigint --? item
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: moves
-- The ledger of one item, newest first.
select m.id, m.at, m.quantity, m.reason, w.name as warehouse, m.command_id
from stock_move m join stock_level l on l.id = m.level_id join warehouse w on w.id = l.warehouse_id
where l.item_id = %(item)s::bigint and {visible stock_move m}
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: free
-- What is free of each item, over all warehouses.
select l.item_id, sum(l.on_hand - l.reserved) as free, sum(l.on_hand) as on_hand
from stock_level l where l.item_id = any(%(items)s::bigint[]) and {visible stock_level l}
group by l.item_id

-- name: warehouses
-- The warehouses in their order.
select w.id, w.key, w.name, w.rank from warehouse w where {visible warehouse w} order by w.rank, w.id

-- name: demand
-- One demand with its item and the warehouse it is bound to.
select d.id, d.item_id, i.number, i.unit, d.quantity, d.allocated, d.met, d.due_on, d.priority, d.placed_at,
       d.placed_at < p.until as overdue, w.name as warehouse
from demand d join item i on i.id = d.item_id left join warehouse w on w.id = d.warehouse_id
cross join patience(%(company)s::bigint, %(now)s::timestamptz, %(patience)s::integer) p
where d.id = %(id)s::bigint and {visible demand d}

-- name: demand_levels
-- What lies of a demand's item in each warehouse: on hand, held for this demand, held for others, free.
select w.name as warehouse, l.on_hand, l.reserved, coalesce(a.quantity, 0) as held,
       l.reserved - coalesce(a.quantity, 0) as others, l.on_hand - l.reserved as free,
       d.warehouse_id is null or d.warehouse_id = l.warehouse_id as may_serve
from demand d
join stock_level l on l.item_id = d.item_id and l.company_id = d.company_id
join warehouse w on w.id = l.warehouse_id
left join allocation a on a.demand_id = d.id and a.level_id = l.id
where d.id = %(id)s::bigint and {visible demand d}
order by w.rank, w.id

-- name: demand_ahead
-- Which open demands of the same item hold stock, first the ones that are served first.
select d.id, d.quantity - d.met as wanted, d.allocated as held, d.due_on, d.priority
from demand d
join demand mine on mine.item_id = d.item_id and mine.company_id = d.company_id and mine.id <> d.id
where mine.id = %(id)s::bigint and d.allocated > 0 and {visible demand d}
order by d.priority, d.due_on nulls last, d.id
limit 20
