-- name: lock_carriers
-- Lock the carriers of these names in key order.
select c.id, c.name, c.service, c.address, c.is_active from carrier c
where c.name = any(%(names)s::text[]) and {visible carrier c} order by c.id for update

-- name: insert_carriers
-- Insert carriers.
insert into carrier (company_id, name, service, address, is_active)
select %(company)s::bigint, w.name, w.service, w.address, w.active
from unnest(%(name)s::text[], %(service)s::text[], %(address)s::text[], %(active)s::boolean[]) with ordinality as w (name, service, address, active, place)
order by w.place
returning id

-- name: set_carriers
-- Write what is said of carriers.
update carrier c set service = w.service, address = w.address, is_active = w.active
from unnest(%(id)s::bigint[], %(service)s::text[], %(address)s::text[], %(active)s::boolean[]) as w (id, service, address, active)
where c.id = w.id

-- name: carriers
-- The carriers that can be booked, by name; all of them where asked.
select c.id, c.name, c.service, c.address, c.is_active from carrier c
where {visible carrier c}
  and c.is_active = %(active)s::boolean --? active
order by c.name, c.id

-- name: lock_shipments
-- Lock shipments in key order.
select s.id, s.order_id, s.state, s.carrier, s.tracking, o.number as order_number
from shipment s join sales_order o on o.id = s.order_id
where s.id = any(%(ids)s::bigint[]) and {visible shipment s} order by s.id for update of s

-- name: lock_of_shipments
-- Lock the bookings of shipments that count, in key order.
select b.id, b.order_id, b.shipment_id, b.carrier_id, b.state, b.error, b.tries, b.unanswered, b.tracking, c.name as carrier
from booking b join carrier c on c.id = b.carrier_id
where b.shipment_id = any(%(shipments)s::bigint[]) and b.state <> 'dropped' and {visible booking b} order by b.id for update of b

-- name: of_bookings
-- The shipments of bookings.
select b.shipment_id from booking b where b.id = any(%(ids)s::bigint[]) and {visible booking b} order by b.shipment_id

-- name: insert
-- Insert bookings that are wanted.
insert into booking (company_id, order_id, shipment_id, carrier_id, key, state, error, tries, unanswered, tracking, wanted_at)
select %(company)s::bigint, w.orders, w.shipment, w.carrier, w.key, 'wanted', '', 0, false, '', %(now)s::timestamptz
from unnest(%(order)s::bigint[], %(shipment)s::bigint[], %(carrier)s::bigint[], %(key)s::text[])
     with ordinality as w (orders, shipment, carrier, key, place)
order by w.place
returning id

-- name: move
-- Write how bookings stand.
update booking b set state = w.state, error = w.error, tries = w.tries, unanswered = w.unanswered, tracking = w.tracking
from unnest(%(id)s::bigint[], %(state)s::text[], %(error)s::text[], %(tries)s::integer[], %(unanswered)s::boolean[], %(tracking)s::text[])
     as w (id, state, error, tries, unanswered, tracking)
where b.id = w.id

-- name: track
-- Write who carries shipments and under which number.
update shipment s set carrier = w.carrier, tracking = w.tracking
from unnest(%(id)s::bigint[], %(carrier)s::text[], %(tracking)s::text[]) as w (id, carrier, tracking) where s.id = w.id

-- name: parcels
-- The parcels that shipments' papers lie in.
select s.id, o.parcel_id from shipment s join sales_order o on o.id = s.order_id
where s.id = any(%(ids)s::bigint[]) and {visible shipment s} order by s.id

-- name: to_book
-- All that a carrier is told of one shipment, while its booking is wanted.
select b.id, b.key, b.tries, b.shipment_id, c.name as carrier, c.service, c.address, s.ship_name, s.ship_street, s.ship_postcode, s.ship_city, s.ship_country,
       s.instruction, o.number as order_number, h.name as own_name, h.street as own_street, h.postcode as own_postcode, h.city as own_city,
       h.country as own_country,
       (select coalesce(jsonb_agg(jsonb_build_object('number', k.number, 'weight_kg', k.weight::text, 'size', k.size) order by k.number), '[]'::jsonb)::text
        from package k where k.shipment_id = s.id) as packages
from booking b
join carrier c on c.id = b.carrier_id
join shipment s on s.id = b.shipment_id
join sales_order o on o.id = s.order_id
join company h on h.id = b.company_id
where b.id = %(id)s::bigint and b.state = 'wanted' and {visible booking b}

-- name: of_shipment
-- The booking of one shipment that counts.
select b.id, b.state, b.error, b.tries, b.unanswered, b.tracking, b.wanted_at, b.carrier_id, c.name as carrier, c.service
from booking b join carrier c on c.id = b.carrier_id
where b.shipment_id = %(shipment)s::bigint and b.state <> 'dropped' and {visible booking b}

-- name: on_desk
-- What stands on the desk about bookings.
select e.id from desk_exception e
where e.command = 'fulfilment.book_again' and e.subject_id = any(%(ids)s::bigint[]) and e.state = 'open' and {visible desk_exception e}
order by e.id
