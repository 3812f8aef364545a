-- name: set_formats
-- Choose the format for parcels of a kind.
insert into archive_format (company_id, parcel_kind, format)
select %(company)s::bigint, f.parcel_kind, f.format
from unnest(%(parcel_kind)s::text[], %(format)s::text[]) as f (parcel_kind, format)
on conflict (company_id, parcel_kind) do update set format = excluded.format
returning id

-- name: formats
-- The format chosen for each kind of parcel.
select f.parcel_kind, f.format from archive_format f where {visible archive_format f} order by f.parcel_kind

-- name: closed
-- Parcels on their way to the archive, first parcels before supplements.
select p.id, p.number, p.kind from parcel p
where p.state = 'closed' and {visible parcel p}
order by p.supplement_of_id nulls first, p.id limit %(limit)s::integer

-- name: papers
-- All versions in parcels, in the order of the manifest.
select v.parcel_id, v.id, v.document_id, v.number, v.media_type, v.sealed_at, v.sealed_by_id, w.name as sealed_by,
       d.name, d.kind, b.sha256, b.size,
       not exists (select from document_version n where n.replaces_id = v.id) as newest
from document_version v
join document d on d.id = v.document_id
join blob b on b.id = v.blob_id
left join person w on w.id = v.sealed_by_id
where v.parcel_id = any(%(ids)s::bigint[]) and {visible document_version v}
order by v.parcel_id, v.document_id, v.number

-- name: index_values
-- The index values of parcels.
select i.parcel_id, i.document_id, i.id, i.name, i.value, i.source, i.personal
from index_value i
where i.parcel_id = any(%(ids)s::bigint[]) and {visible index_value i}
order by i.parcel_id, i.document_id nulls first, i.name

-- name: heads
-- What the manifests say of parcels: who closed them and when, what they belong to, the entry they supplement.
select p.id, p.number, p.kind, p.closed_at, p.closed_by_id, w.name as closed_by, p.supplement_of_id, e.hash as first_hash,
       coalesce((select string_agg(distinct l.subject_type || ' ' || l.subject_id, ', ')
                 from document_link l join document d on d.id = l.document_id where d.parcel_id = p.id), '') as subject
from parcel p
left join person w on w.id = p.closed_by_id
left join archive_entry e on e.parcel_id = p.supplement_of_id
where p.id = any(%(ids)s::bigint[]) and {visible parcel p}
order by p.supplement_of_id nulls first, p.id

-- name: last_hash
-- The hash of the last entry before a place in the chain.
select e.hash from archive_entry e where e.company_id = %(company)s::bigint and e.seq = %(seq)s::bigint - 1

-- name: insert_entries
-- Add links to the chain.
insert into archive_entry (company_id, kind, seq, at, parcel_id, manifest, manifest_digest, previous, hash)
select %(company)s::bigint, e.kind, e.seq, %(now)s::timestamptz, e.parcel, e.manifest, e.digest, e.previous, e.hash
from unnest(%(kind)s::text[], %(seq)s::bigint[], %(parcel)s::bigint[], %(manifest)s::text[], %(digest)s::bytea[],
            %(previous)s::bytea[], %(hash)s::bytea[]) as e (kind, seq, parcel, manifest, digest, previous, hash)
order by e.seq
returning id, parcel_id, seq

-- name: insert_papers
-- Name the papers of entries.
insert into archive_paper (company_id, entry_id, file, version_id, sha256, size, media_type, made_from)
select %(company)s::bigint, p.entry, p.file, p.version, p.sha256, p.size, p.media_type, p.made_from
from unnest(%(entry)s::bigint[], %(file)s::text[], %(version)s::bigint[], %(sha256)s::text[], %(size)s::bigint[],
            %(media_type)s::text[], %(made_from)s::text[]) as p (entry, file, version, sha256, size, media_type, made_from)

-- name: insert_openings
-- Keep what opens the commitments of entries.
insert into archive_opening (company_id, entry_id, path, value, salt, what, of)
select %(company)s::bigint, o.entry, o.path, o.value, o.salt, o.what, o.of
from unnest(%(entry)s::bigint[], %(path)s::text[], %(value)s::text[], %(salt)s::bytea[], %(what)s::text[], %(of)s::bigint[])
     as o (entry, path, value, salt, what, of)
