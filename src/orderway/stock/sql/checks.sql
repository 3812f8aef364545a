-- name: levels
-- Levels that differ from the ledger or from what is allocated.
select l.id, l.on_hand, coalesce(m.moved, 0) as moved, l.reserved, coalesce(a.given, 0) as given
from stock_level l
left join (select level_id, sum(quantity) as moved from stock_move group by level_id) m on m.level_id = l.id
left join (select level_id, sum(quantity) as given from allocation group by level_id) a on a.level_id = l.id
where l.on_hand <> coalesce(m.moved, 0) or l.reserved <> coalesce(a.given, 0)
order by l.id

-- name: demands
-- Demands that differ from their allocations.
select d.id, d.allocated, coalesce(sum(a.quantity), 0) as given
from demand d left join allocation a on a.demand_id = d.id
group by d.id having d.allocated <> coalesce(sum(a.quantity), 0)
order by d.id
