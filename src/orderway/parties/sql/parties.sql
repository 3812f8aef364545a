-- name: numbers_in_use
-- Which of these numbers belong to somebody already.
select p.number from party p where p.number = any(%(numbers)s::text[]) and {visible party p}

-- name: insert
-- Insert parties; one without a number gets the next free one.
insert into party (company_id, number, name, is_customer, is_supplier, email, phone, street, postcode, city, country, language,
                   vat_id, price_group, payment_days, prepay_percent, credit_limit)
select %(company)s::bigint,
       coalesce(nullif(r.number, ''), (10000 + nextval('party_id_seq'))::text),
       r.name, r.is_customer, r.is_supplier, r.email, r.phone, r.street, r.postcode, r.city, r.country, r.language,
       r.vat_id, r.price_group, r.payment_days, r.prepay_percent, r.credit_limit
from unnest(%(number)s::text[], %(name)s::text[], %(is_customer)s::boolean[], %(is_supplier)s::boolean[], %(email)s::text[],
            %(phone)s::text[], %(street)s::text[], %(postcode)s::text[], %(city)s::text[], %(country)s::text[], %(language)s::text[],
            %(vat_id)s::text[], %(price_group)s::text[], %(payment_days)s::integer[], %(prepay_percent)s::numeric[],
            %(credit_limit)s::numeric[])
     with ordinality as r (number, name, is_customer, is_supplier, email, phone, street, postcode, city, country, language,
                           vat_id, price_group, payment_days, prepay_percent, credit_limit, place)
order by r.place
returning id

-- name: learn
-- Remember signs; the newest says whom they mean.
insert into party_key (company_id, party_id, scheme, value)
select distinct on (k.scheme, k.value) %(company)s::bigint, k.party, k.scheme, k.value
from unnest(%(party)s::bigint[], %(scheme)s::text[], %(value)s::text[]) as k (party, scheme, value)
on conflict (company_id, scheme, value) do update set party_id = excluded.party_id
returning id

-- name: lock
-- Lock parties in key order.
select p.id from party p where p.id = any(%(ids)s::bigint[]) and {visible party p} order by p.id for update

-- name: terms
-- What an order needs to know of its customers.
select p.id, p.name, p.is_customer, p.country, p.language, p.vat_id, p.price_group, p.payment_days, p.prepay_percent,
       p.street, p.postcode, p.city, c.country as own_country, c.currency, c.timezone
from party p join company c on c.id = p.company_id
where p.id = any(%(ids)s::bigint[]) and {visible party p}

-- name: by_keys
-- Who is meant by these signs.
select k.scheme, k.value, k.party_id, p.name, p.number
from unnest(%(scheme)s::text[], %(value)s::text[]) as w (scheme, value)
join party_key k on k.scheme = w.scheme and k.value = w.value
join party p on p.id = k.party_id and {visible party p}

-- name: list
-- Customers and suppliers by name.
select p.id, p.number, p.name, p.city, p.country, p.email, p.price_group, p.is_customer, p.is_supplier
from party p
where {visible party p}
  and (p.name ilike '%%' || %(search)s::text || '%%' or p.number = %(search)s::text) --? search
  and p.is_customer = %(customers)s::boolean --? customers
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- Everything about one party.
select p.* from party p where p.id = %(id)s::bigint and {visible party p}

-- name: lock_all
-- Lock parties in key order, with everything that may change.
select p.* from party p where p.id = any(%(ids)s::bigint[]) and {visible party p} order by p.id for update

-- name: change
-- Write what parties are from now on.
update party p set name = n.name, country = n.country, email = n.email, phone = n.phone, street = n.street, postcode = n.postcode,
       city = n.city, language = n.language, vat_id = n.vat_id, price_group = n.price_group, payment_days = n.payment_days,
       prepay_percent = n.prepay_percent, credit_limit = n.credit_limit
from unnest(%(id)s::bigint[], %(name)s::text[], %(country)s::text[], %(email)s::text[], %(phone)s::text[], %(street)s::text[],
            %(postcode)s::text[], %(city)s::text[], %(language)s::text[], %(vat_id)s::text[], %(price_group)s::text[],
            %(payment_days)s::integer[], %(prepay_percent)s::numeric[], %(credit_limit)s::numeric[])
     as n (id, name, country, email, phone, street, postcode, city, language, vat_id, price_group, payment_days, prepay_percent,
           credit_limit)
where p.id = n.id
