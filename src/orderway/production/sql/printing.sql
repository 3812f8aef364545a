-- name: job
-- Everything the papers of one specification say of the job, the order and the customer.
select s.*, e.id as estimate_id, e.version, e.at as calculated_at, e.up, e.turned, e.forms, e.sheets_net, e.spoilage, e.sheets, e.plates,
       e.make_ready, e.run_minutes, e.cost, e.price, e.currency,
       m.name as press, l.position, l.description, l.net, o.number as order_number, o.net as order_net, o.ordered_on, o.instruction, r.name as responsible,
       c.name as customer, c.number as customer_number, c.street, c.postcode, c.city, c.country, c.language,
       c.price_group, f.language as own_language,
       o.parcel_id, k.number as parcel
from print_spec s
join lateral (select * from estimate e where e.spec_id = s.id and e.quantity = s.run order by e.version desc limit 1) e on true
join machine m on m.id = e.machine_id
join order_line l on l.id = s.order_line_id
join sales_order o on o.id = s.order_id
join party c on c.id = o.customer_id
join company f on f.id = s.company_id
join parcel k on k.id = o.parcel_id
left join person r on r.id = o.responsible_id
where s.id = %(spec)s::bigint and {visible print_spec s}

-- name: parts
-- The calculation's rows, with the machine that works.
select p.kind, p.name, p.quantity, p.unit, p.rate, p.amount, m.name as machine
from estimate_part p left join machine m on m.id = p.machine_id
where p.estimate_id = %(estimate)s::bigint order by p.position

-- name: other_lines
-- What else stands on the order, with its net amount.
select l.description, l.net from order_line l
where l.order_id = %(order)s::bigint and l.id <> %(line)s::bigint order by l.position

-- name: paper
-- A paper as the material master describes it, with what lies in stock.
select p.*, i.number, i.name, coalesce(sum(v.on_hand), 0) * p.sheets_per_unit as on_hand,
       coalesce(sum(v.reserved), 0) * p.sheets_per_unit as allocated
from paper p
join item i on i.id = p.item_id
left join stock_level v on v.item_id = i.id
where p.id = %(paper)s::bigint and {visible paper p}
group by p.id, i.number, i.name

-- name: places
-- Where a paper lies.
select w.name, v.on_hand * p.sheets_per_unit as on_hand
from paper p
join stock_level v on v.item_id = p.item_id and v.on_hand > 0
join warehouse w on w.id = v.warehouse_id
where p.id = %(paper)s::bigint and {visible paper p}
order by w.rank, w.id

-- name: prices
-- The prices that held for a price group on a day: of the order's items, of what is made and of services; the group's own before the list's.
select i.number, i.name, i.kind, i.unit, p.min_quantity, p.price, p.per
from item i
join lateral (
    select distinct on (x.min_quantity) x.min_quantity, x.price, x.per, x.price_group
    from price x
    where x.item_id = i.id and x.currency = %(currency)s::text and x.price_group in (%(price_group)s::text, 'list')
      and x.valid_from <= %(day)s::date and (x.valid_to is null or x.valid_to >= %(day)s::date)
    order by x.min_quantity, (x.price_group = %(price_group)s::text) desc, x.valid_from desc
) p on true
where {visible item i} and i.is_active
  and (i.kind in ('made', 'service') or i.id in (select l.item_id from order_line l where l.order_id = %(order)s::bigint)
       or i.id = (select q.item_id from paper q where q.id = %(paper)s::bigint))
  and (p.price_group = %(price_group)s::text
       or not exists (select 1 from price y where y.item_id = i.id and y.currency = %(currency)s::text
                      and y.price_group = %(price_group)s::text and y.min_quantity <= p.min_quantity
                      and y.valid_from <= %(day)s::date and (y.valid_to is null or y.valid_to >= %(day)s::date)))
order by i.kind, i.number, p.min_quantity
limit 500
