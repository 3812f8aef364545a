-- name: lock_parcels
-- Lock parcels in key order, with what the rules ask.
select p.id, p.number, p.kind, p.state, p.supplement_of_id
from parcel p where p.id = any(%(ids)s::bigint[]) and {visible parcel p}
order by p.id for update

-- name: insert_parcels
-- Open parcels in the order of the input.
insert into parcel (company_id, number, kind, state, supplement_of_id, opened_at)
select %(company)s::bigint, p.number, p.kind, 'open', p.supplement_of, %(now)s::timestamptz
from unnest(%(number)s::text[], %(kind)s::text[], %(supplement_of)s::bigint[])
     with ordinality as p (number, kind, supplement_of, place)
order by p.place
returning id, number

-- name: open_supplements
-- The open supplement of each first parcel that has one.
select p.supplement_of_id as first, max(p.id) as id
from parcel p
where p.supplement_of_id = any(%(ids)s::bigint[]) and p.state = 'open' and {visible parcel p}
group by p.supplement_of_id

-- name: lock_documents
-- Lock documents in key order, with their newest version.
select d.id, d.parcel_id, d.name, v.id as version_id, v.number, v.sealed_at
from document d
join lateral (select v.id, v.number, v.sealed_at from document_version v
              where v.document_id = d.id order by v.number desc limit 1) v on true
where d.id = any(%(ids)s::bigint[]) and {visible document d}
order by d.id for update of d

-- name: insert_blobs
-- Name content that lies in the store; what is named already stays.
insert into blob (company_id, sha256, size)
select distinct on (b.sha256) %(company)s::bigint, b.sha256, b.size
from unnest(%(sha256)s::text[], %(size)s::bigint[]) as b (sha256, size)
order by b.sha256
on conflict (company_id, sha256) do nothing

-- name: insert_documents
-- Insert new documents in the order of the input.
insert into document (company_id, parcel_id, name, kind)
select %(company)s::bigint, d.parcel, d.name, d.kind
from unnest(%(parcel)s::bigint[], %(name)s::text[], %(kind)s::text[]) with ordinality as d (parcel, name, kind, place)
order by d.place
returning id

-- name: insert_versions
-- Insert versions after the newest of their documents, some sealed at once.
insert into document_version (company_id, parcel_id, document_id, number, blob_id, media_type, at, by_id, sealed_at,
                              sealed_by_id, replaces_id)
select %(company)s::bigint, d.parcel_id, d.id, coalesce(o.number, 0) + 1, b.id, v.media_type, %(now)s::timestamptz,
       %(by)s::bigint, case when v.seal then %(now)s::timestamptz end, case when v.seal then %(by)s::bigint end, o.id
from unnest(%(document)s::bigint[], %(sha256)s::text[], %(media_type)s::text[], %(seal)s::boolean[])
     with ordinality as v (document, sha256, media_type, seal, place)
join document d on d.id = v.document
join blob b on b.company_id = %(company)s::bigint and b.sha256 = v.sha256
left join lateral (select o.id, o.number from document_version o
                   where o.document_id = d.id order by o.number desc limit 1) o on true
order by v.place
returning id, document_id

-- name: insert_links
-- Say which subjects documents belong to.
insert into document_link (company_id, subject_type, subject_id, document_id)
select %(company)s::bigint, l.subject_type, l.subject_id, l.document
from unnest(%(subject_type)s::text[], %(subject_id)s::bigint[], %(document)s::bigint[]) as l (subject_type, subject_id, document)
on conflict (subject_type, subject_id, document_id) do nothing

-- name: seal
-- Seal versions.
update document_version set sealed_at = %(now)s::timestamptz, sealed_by_id = %(by)s::bigint
where id = any(%(ids)s::bigint[]) and sealed_at is null

-- name: close
-- Close parcels: nothing goes in any more.
update parcel set state = 'closed', closed_at = %(now)s::timestamptz, closed_by_id = %(by)s::bigint
where id = any(%(ids)s::bigint[])

-- name: commit
-- Parcels are in the archive.
update parcel set state = 'committed' where id = any(%(ids)s::bigint[])

-- name: versions
-- All versions in parcels.
select v.parcel_id, v.document_id, v.id, v.sealed_at
from document_version v where v.parcel_id = any(%(ids)s::bigint[])
order by v.id

-- name: open_for_erasure
-- Let this transaction touch what is sealed: for the erasure of personal data, and nothing else.
select set_config('orderway.erasing', 'on', true)

-- name: erase_values
-- Empty index values.
update index_value set value = '' where id = any(%(ids)s::bigint[])
returning id, parcel_id

-- name: erase_names
-- Empty the names of documents and the words on their pages.
with emptied as (
    update document set name = '' where id = any(%(ids)s::bigint[]) returning id, parcel_id
), forgotten as (
    update document_search set body = '' where document_id = any(%(ids)s::bigint[])
)
select id, parcel_id from emptied

-- name: old_values
-- The index values that are about to be written anew.
select i.id, i.parcel_id, i.document_id, i.name, i.value, i.source
from index_value i
join unnest(%(parcel)s::bigint[], %(document)s::bigint[], %(name)s::text[]) as n (parcel, document, name)
  on n.parcel = i.parcel_id and n.document is not distinct from i.document_id and n.name = i.name

-- name: write_values
-- Write index values; one of the same name is replaced.
insert into index_value (company_id, parcel_id, document_id, name, value, source, confidence, page, box, personal)
select %(company)s::bigint, i.parcel, i.document, i.name, i.value, i.source, i.confidence, i.page, i.box, i.personal
from unnest(%(parcel)s::bigint[], %(document)s::bigint[], %(name)s::text[], %(value)s::text[], %(source)s::text[],
            %(confidence)s::numeric[], %(page)s::integer[], %(box)s::text[], %(personal)s::boolean[])
     with ordinality as i (parcel, document, name, value, source, confidence, page, box, personal, place)
order by i.place
on conflict (parcel_id, document_id, name) do update
set value = excluded.value, source = excluded.source, confidence = excluded.confidence, page = excluded.page,
    box = excluded.box, personal = excluded.personal
returning id, parcel_id, document_id, name, value, source, personal

-- name: refresh_labels
-- Make anew what the documents of parcels are found by.
insert into document_search (company_id, document_id, label, body)
select d.company_id, d.id, concat_ws(' ', p.number, d.name, d.kind, string_agg(i.value, ' ' order by i.id)), ''
from document d
join parcel p on p.id = d.parcel_id
left join index_value i on i.parcel_id = d.parcel_id and (i.document_id = d.id or i.document_id is null)
where d.parcel_id = any(%(parcels)s::bigint[])
group by d.company_id, d.id, p.number
on conflict (document_id) do update set label = excluded.label

-- name: note_words
-- Keep the words on the pages of documents, for the search.
update document_search set body = w.body
from unnest(%(document)s::bigint[], %(body)s::text[]) as w (document, body)
where document_search.document_id = w.document
returning document_search.document_id
