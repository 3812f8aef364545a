-- name: insert
-- Insert files that came in.
insert into intake (company_id, message_id, document_id, name, position, state, kind, reasons, findings, items, stated_prices, dismissed_as)
select %(company)s::bigint, i.message, i.document, i.name, 1, 'received', '', '[]', '[]', '{}', '{}', ''
from unnest(%(message)s::bigint[], %(document)s::bigint[], %(name)s::text[])
     with ordinality as i (message, document, name, place)
order by i.place
returning id

-- name: insert_further
-- Insert the further orders of files that hold several.
insert into intake (company_id, message_id, document_id, name, position, state, kind, reasons, findings, draft, customer_id, items, stated_prices,
                    dismissed_as, read_at)
select f.company_id, f.message_id, f.document_id, f.name, w.position, w.state, f.kind, w.reasons::jsonb, w.findings::jsonb, w.draft::jsonb, w.customer,
       w.items::bigint[], w.stated_prices::boolean[], '', %(now)s::timestamptz
from unnest(%(first)s::bigint[], %(position)s::integer[], %(state)s::text[], %(reasons)s::text[], %(findings)s::text[], %(draft)s::text[],
            %(customer)s::bigint[], %(items)s::text[], %(stated_prices)s::text[])
     with ordinality as w (first, position, state, reasons, findings, draft, customer, items, stated_prices, place)
join intake f on f.id = w.first
order by w.place
returning id

-- name: lock
-- Lock intakes in key order, with what the rules ask.
select i.id, i.message_id, i.document_id, i.name, i.position, i.state, i.kind, i.reasons::text as reasons, i.findings::text as findings, i.draft::text as draft,
       i.customer_id, i.items, i.stated_prices, i.order_id, i.dismissed_as, m.sender, m.channel, m.parcel_id as message_parcel_id
from intake i join message m on m.id = i.message_id
where i.id = any(%(ids)s::bigint[]) and {visible intake i}
order by i.id for update of i

-- name: siblings
-- How many orders the files of intakes hold.
select i.id, count(*)::integer as of_file
from intake i join intake s on s.document_id = i.document_id
where i.id = any(%(ids)s::bigint[])
group by i.id

-- name: originals
-- The original document of each message.
select l.subject_id as message_id, min(l.document_id) as document_id
from document_link l
where l.subject_type = 'message' and l.subject_id = any(%(messages)s::bigint[]) and {visible document_link l}
group by l.subject_id

-- name: unpacked
-- A file of a message takes the place of the message itself.
update intake set document_id = w.document, name = w.name
from unnest(%(id)s::bigint[], %(document)s::bigint[], %(name)s::text[]) as w (id, document, name) where intake.id = w.id

-- name: note_reading
-- Keep what was read, who and what is meant, and what is doubtful.
update intake i set state = w.state, kind = w.kind, reasons = w.reasons::jsonb, findings = w.findings::jsonb, draft = w.draft::jsonb,
       customer_id = w.customer, items = w.items::bigint[], stated_prices = w.stated_prices::boolean[], read_at = %(now)s::timestamptz
from unnest(%(id)s::bigint[], %(state)s::text[], %(kind)s::text[], %(reasons)s::text[], %(findings)s::text[], %(draft)s::text[],
            %(customer)s::bigint[], %(items)s::text[], %(stated_prices)s::text[])
     as w (id, state, kind, reasons, findings, draft, customer, items, stated_prices)
where i.id = w.id

-- name: move
-- Write what became of intakes.
update intake i set state = w.state, reasons = w.reasons::jsonb, findings = w.findings::jsonb, dismissed_as = w.dismissed_as, order_id = w.order_id
from unnest(%(id)s::bigint[], %(state)s::text[], %(reasons)s::text[], %(findings)s::text[], %(dismissed_as)s::text[],
            %(order_id)s::bigint[])
     as w (id, state, reasons, findings, dismissed_as, order_id)
where i.id = w.id

-- name: by_account
-- Our customers by our own number of them.
select p.number, p.id as party_id from party p where p.number = any(%(numbers)s::text[]) and p.is_customer and {visible party p}

-- name: remembered
-- What customers mean by numbers and words of their own.
select w.customer, w.stated, r.item_id
from (select distinct * from unnest(%(customer)s::bigint[], %(stated)s::text[]) as w (customer, stated)) as w
join item_memory r on r.company_id = %(company)s::bigint and r.customer_id = w.customer and r.stated = w.stated

-- name: remember_items
-- Remember what customers mean; the newest wins.
insert into item_memory (company_id, customer_id, stated, item_id)
select distinct on (w.customer, w.stated) %(company)s::bigint, w.customer, w.stated, w.item
from unnest(%(customer)s::bigint[], %(stated)s::text[], %(item)s::bigint[]) as w (customer, stated, item)
order by w.customer, w.stated, w.item
on conflict (company_id, customer_id, stated) do update set item_id = excluded.item_id

-- name: known_items
-- Which of these items are sold.
select i.id from item i where i.id = any(%(ids)s::bigint[]) and i.is_active and {visible item i}

-- name: remember_columns
-- Remember what senders mean by their headings; the newest wins.
insert into column_mapping (company_id, sender, heading, field)
select distinct on (w.sender, w.heading) %(company)s::bigint, w.sender, w.heading, w.field
from unnest(%(sender)s::text[], %(heading)s::text[], %(field)s::text[]) as w (sender, heading, field)
order by w.sender, w.heading
on conflict (company_id, sender, heading) do update set field = excluded.field

-- name: columns_of
-- What a sender means by the headings of columns.
select c.heading, c.field from column_mapping c where c.sender = %(sender)s::text and {visible column_mapping c}

-- name: to_read
-- What is still to be read, with its content.
select i.id, i.name, i.message_id, m.sender, v.media_type, b.sha256
from intake i
join message m on m.id = i.message_id
join lateral (select v.media_type, v.blob_id from document_version v where v.document_id = i.document_id order by v.number desc limit 1) v on true
join blob b on b.id = v.blob_id
where i.id = any(%(ids)s::bigint[]) and i.state = 'received' and {visible intake i}
order by i.id

-- name: first_company
-- The company that what comes in belongs to, where none is named.
select min(c.id) as id from company c

-- name: message_states
-- What became of all the intakes of messages, and why.
select i.message_id, array_agg(i.state order by i.id) as states, array_agg(i.reasons::text order by i.id) as reasons
from intake i where i.message_id = any(%(ids)s::bigint[]) and {visible intake i}
group by i.message_id

-- name: list
-- The inbox: what came in and how it stands; `reason` is worded by who asks.
select i.id, i.name, i.position, i.state, i.kind, i.reasons, null::text as reason, i.findings, i.dismissed_as, i.read_at, i.order_id, m.parcel_id, i.document_id,
       m.id as message_id, m.channel, m.sender, m.subject, m.received_at, o.number as order_number, p.id as customer_id, p.name as customer,
       i.draft ->> 'number' as their_number, i.draft ->> 'reference' as their_reference, jsonb_array_length(i.draft -> 'lines') as lines
from intake i
join message m on m.id = i.message_id
left join sales_order o on o.id = i.order_id
left join party p on p.id = i.customer_id
where {visible intake i}
  and i.state = any(%(states)s::text[]) --? states
  and m.channel = %(channel)s::text --? channel
  and (i.name ilike '%%' || %(search)s::text || '%%' or m.subject ilike '%%' || %(search)s::text || '%%' --? search
       or m.sender ilike '%%' || %(search)s::text || '%%' or i.draft ->> 'number' = %(search)s::text) --? search
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: counts
-- How many intakes stand where.
select i.state, count(*)::integer as n from intake i where {visible intake i} group by i.state order by i.state

-- name: one
-- Everything about one intake; `reason` is worded by who asks.
select i.*, null::text as reason, m.channel, m.sender, m.recipients, m.subject, m.text, m.sent_at, m.received_at, m.parcel_id as message_parcel_id,
       o.number as order_number, p.name as customer_name
from intake i
join message m on m.id = i.message_id
left join sales_order o on o.id = i.order_id
left join party p on p.id = i.customer_id
where i.id = %(id)s::bigint and {visible intake i}

-- name: without_intake
-- Messages that came in and of which nothing tells what became of them.
select m.id, m.company_id from message m
where m.direction = 'in' and not exists (select 1 from intake i where i.message_id = m.id) order by m.id

-- name: sum_by_company
-- Inputs and what became of them, by company.
select i.company_id, count(*)::integer as inputs,
       count(*) filter (where i.state in ('order', 'not_an_order'))::integer as processed,
       count(*) filter (where i.state in ('received', 'recognised', 'review'))::integer as open,
       count(*) filter (where i.state = 'rejected')::integer as rejected,
       count(*) filter (where i.state = 'rejected' and i.reasons = '[]')::integer as without_reason
from intake i group by i.company_id order by i.company_id

-- name: not_whole
-- Orders of files that are missing between the first and the last, and orders that name no company of their own.
select i.document_id, max(i.position) as last, count(*)::integer as n from intake i group by i.document_id having max(i.position) <> count(*)

-- name: read_from
-- The papers in the parcels of the messages that an order was read from.
select d.id, d.name, d.kind, d.parcel_id, p.number as parcel, v.number as version, v.media_type, b.sha256, b.size, v.at, v.by_id,
       w.name as by_name, v.sealed_at
from intake i
join message m on m.id = i.message_id
join document d on d.parcel_id = m.parcel_id
join parcel p on p.id = d.parcel_id
join lateral (select * from document_version x where x.document_id = d.id order by x.number desc limit 1) v on true
join blob b on b.id = v.blob_id
left join person w on w.id = v.by_id
where i.order_id = %(order)s::bigint and {visible intake i} and {visible document d}
order by d.id
