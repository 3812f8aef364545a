-- name: numbers_in_use
-- Which of these numbers are taken.
select i.number from item i where i.number = any(%(numbers)s::text[]) and {visible item i}

-- name: known_items
-- Which of these items exist.
select i.id from item i where i.id = any(%(ids)s::bigint[]) and {visible item i}

-- name: insert_items
-- Insert items.
insert into item (company_id, number, name, kind, unit, gtin, tax_class, weight, is_active)
select %(company)s::bigint, r.number, r.name, r.kind, r.unit, r.gtin, r.tax_class, r.weight, true
from unnest(%(number)s::text[], %(name)s::text[], %(kind)s::text[], %(unit)s::text[], %(gtin)s::text[], %(tax_class)s::text[],
            %(weight)s::numeric[])
     with ordinality as r (number, name, kind, unit, gtin, tax_class, weight, place)
order by r.place
returning id

-- name: set_prices
-- Insert prices or replace those of the same group, quantity and day.
insert into price (company_id, item_id, price_group, currency, min_quantity, price, per, valid_from, valid_to)
select %(company)s::bigint, r.item, r.price_group, r.currency, r.min_quantity, r.price, r.per, r.valid_from, r.valid_to
from unnest(%(item)s::bigint[], %(price_group)s::text[], %(currency)s::text[], %(min_quantity)s::numeric[], %(price)s::numeric[],
            %(per)s::numeric[], %(valid_from)s::date[], %(valid_to)s::date[])
     as r (item, price_group, currency, min_quantity, price, per, valid_from, valid_to)
on conflict (item_id, price_group, currency, min_quantity, valid_from)
do update set price = excluded.price, per = excluded.per, valid_to = excluded.valid_to
returning id

-- name: set_tax_rates
-- Insert VAT rates or replace those of the same day.
insert into tax_rate (company_id, country, tax_class, category, rate, valid_from)
select %(company)s::bigint, r.country, r.tax_class, r.category, r.rate, r.valid_from
from unnest(%(country)s::text[], %(tax_class)s::text[], %(category)s::text[], %(rate)s::numeric[], %(valid_from)s::date[])
     as r (country, tax_class, category, rate, valid_from)
on conflict (company_id, country, tax_class, valid_from) do update set rate = excluded.rate, category = excluded.category
returning id

-- name: offers
-- For each wanted line: the item, the price of its group (else the list price) for the quantity on the day, and the VAT at home.
select w.place::integer as place, i.id, i.number, i.name, i.kind, i.unit, p.price, p.per, t.category, t.rate
from unnest(%(item)s::bigint[], %(quantity)s::numeric[], %(price_group)s::text[], %(currency)s::text[], %(day)s::date[],
            %(country)s::text[])
     with ordinality as w (item, quantity, price_group, currency, day, country, place)
join item i on i.id = w.item and i.is_active and {visible item i}
left join lateral (
    select x.price, x.per from price x
    where x.item_id = i.id and x.currency = w.currency and x.price_group in (w.price_group, 'list')
      and x.min_quantity <= w.quantity and x.valid_from <= w.day and (x.valid_to is null or x.valid_to >= w.day)
    order by (x.price_group = w.price_group) desc, x.min_quantity desc, x.valid_from desc limit 1
) p on true
left join lateral (
    select r.category, r.rate from tax_rate r
    where r.company_id = i.company_id and r.country = w.country and r.tax_class = i.tax_class and r.valid_from <= w.day
    order by r.valid_from desc limit 1
) t on true
order by w.place

-- name: price_candidates
-- The prices an item had on a day for a price group and for everybody, the one that counts first, in the order of offers.
select x.id, x.price_group, x.min_quantity, x.price, x.per, x.valid_from, x.valid_to,
       x.min_quantity <= %(quantity)s::numeric as applies
from price x
where x.item_id = %(item)s::bigint and x.currency = %(currency)s::text and x.price_group in (%(price_group)s::text, 'list')
  and x.valid_from <= %(day)s::date and (x.valid_to is null or x.valid_to >= %(day)s::date) and {visible price x}
order by (x.min_quantity <= %(quantity)s::numeric) desc, (x.price_group = %(price_group)s::text) desc, x.min_quantity desc,
         x.valid_from desc

-- name: by_numbers
-- Items by their number or GTIN.
select i.id, i.number, i.name, i.unit, i.gtin, i.kind
from item i
where (i.number = any(%(numbers)s::text[]) or (i.gtin <> '' and i.gtin = any(%(numbers)s::text[]))) and {visible item i}

-- name: list
-- Items with their list price today.
select i.id, i.number, i.name, i.kind, i.unit, i.gtin, i.tax_class, i.is_active,
       (select p.price from price p where p.item_id = i.id and p.price_group = 'list' and p.valid_from <= {today}
        order by p.min_quantity, p.valid_from desc limit 1) as price
from item i
where {visible item i}
  and (i.name ilike '%%' || %(search)s::text || '%%' or i.number ilike %(search)s::text || '%%' or i.gtin = %(search)s::text) --? search
  and i.kind = %(kind)s::text --? kind
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- Everything about one item.
select i.* from item i where i.id = %(id)s::bigint and {visible item i}

-- name: prices_of
-- All prices of one item.
select p.* from price p where p.item_id = %(id)s::bigint and {visible price p}
order by p.price_group, p.currency, p.min_quantity, p.valid_from
