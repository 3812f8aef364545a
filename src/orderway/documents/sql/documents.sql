-- name: family
-- A first parcel with its supplements, whichever of them is asked for.
select p.id, p.number, p.kind, p.state, p.supplement_of_id, p.opened_at
from parcel p
join parcel a on a.id = %(id)s::bigint and coalesce(p.supplement_of_id, p.id) = coalesce(a.supplement_of_id, a.id)
where {visible parcel p}
order by p.id

-- name: in_family
-- The documents of a first parcel and its supplements, as one file.
select d.id, d.name, d.kind, d.parcel_id, p.number as parcel, p.state, p.supplement_of_id, v.number as version, v.media_type,
       b.sha256, b.size, v.at, v.by_id, w.name as by_name, v.sealed_at
from document d
join parcel p on p.id = d.parcel_id
join parcel a on a.id = %(id)s::bigint and coalesce(p.supplement_of_id, p.id) = coalesce(a.supplement_of_id, a.id)
join lateral (select * from document_version v where v.document_id = d.id order by v.number desc limit 1) v on true
join blob b on b.id = v.blob_id
left join person w on w.id = v.by_id
where {visible document d}
order by d.parcel_id, d.id

-- name: of_subject
-- The documents that belong to a subject.
select d.id, d.name, d.kind, d.parcel_id, p.number as parcel, p.state, p.supplement_of_id, v.number as version, v.media_type,
       b.sha256, b.size, v.at, v.by_id, w.name as by_name, v.sealed_at
from document_link l
join document d on d.id = l.document_id
join parcel p on p.id = d.parcel_id
join lateral (select * from document_version v where v.document_id = d.id order by v.number desc limit 1) v on true
join blob b on b.id = v.blob_id
left join person w on w.id = v.by_id
where l.subject_type = %(subject_type)s::text and l.subject_id = %(subject_id)s::bigint and {visible document d}
order by d.parcel_id, d.id

-- name: family_versions
-- Every version of every document of a first parcel and its supplements, the newest of each document first.
select d.id, d.name, d.kind, p.number as parcel, v.number as version, v.media_type, b.sha256, b.size, v.at, w.name as by_name, v.sealed_at,
       v.number = max(v.number) over (partition by d.id) as newest
from document d
join parcel p on p.id = d.parcel_id
join parcel a on a.id = %(id)s::bigint and coalesce(p.supplement_of_id, p.id) = coalesce(a.supplement_of_id, a.id)
join document_version v on v.document_id = d.id
join blob b on b.id = v.blob_id
left join person w on w.id = v.by_id
where {visible document d}
order by d.parcel_id, d.id, v.number desc

-- name: versions
-- All versions of a document, newest first: who put it there and when, when it was sealed.
select v.id, v.number, v.media_type, b.sha256, b.size, v.at, v.by_id, w.name as by_name, v.sealed_at, s.name as sealed_by_name,
       d.name, d.kind, d.parcel_id
from document_version v
join document d on d.id = v.document_id
join blob b on b.id = v.blob_id
left join person w on w.id = v.by_id
left join person s on s.id = v.sealed_by_id
where v.document_id = %(document)s::bigint and {visible document_version v}
  and v.number = %(number)s::integer --? number
order by v.number desc

-- name: index_values
-- The index values of a parcel and its documents.
select i.id, i.document_id, i.name, i.value, i.source, i.confidence, i.page, i.box, i.personal
from index_value i
where i.parcel_id = %(id)s::bigint and {visible index_value i}
order by i.document_id nulls first, i.id

-- name: subjects
-- What the documents of a parcel belong to.
select distinct l.subject_type, l.subject_id
from document_link l join document d on d.id = l.document_id
where d.parcel_id = %(id)s::bigint and {visible document_link l}
order by l.subject_type, l.subject_id

-- name: search
-- Documents by the words on them, their names, parcels and index values; a slip of the pen in a name is forgiven.
select d.id, d.name, d.kind, d.parcel_id, p.number as parcel, p.state, v.number as version, v.media_type, v.at, v.sealed_at
       , case when %(words)s::text is null then ''
              else ts_headline('simple', left(s.body, 20000), to_tsquery('simple', %(words)s::text), %(shape)s::text) end as excerpt
from document_search s
join document d on d.id = s.document_id
join parcel p on p.id = d.parcel_id
join lateral (select * from document_version v where v.document_id = d.id order by v.number desc limit 1) v on true
where {visible document d} and p.state = any(%(states)s::text[])
  and (s.words @@ to_tsquery('simple', %(words)s::text) --? words
       or s.label ilike '%%' || %(typed)s::text || '%%' or %(typed)s::text <%% s.label --? typed
      ) --? words
  and d.kind = %(kind)s::text --? kind
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
