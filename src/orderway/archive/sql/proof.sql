-- name: last_root
-- The newest root of the company.
select r.number, r.at, r.size, r.root, r.previous, r.head
from archive_root r where {visible archive_root r} order by r.number desc limit 1

-- name: roots
-- The roots of the company from the first on that covers a place in the chain.
select r.number, r.at, r.size, r.root, r.previous, r.head
from archive_root r where {visible archive_root r} and r.size > %(seq)s::bigint order by r.number

-- name: hashes
-- The hashes of the entries from a place in the chain on.
select e.hash from archive_entry e where {visible archive_entry e} and e.seq >= %(seq)s::bigint order by e.seq

-- name: nodes
-- Perfect subtrees by level and number.
select n.level, n.number, n.hash
from archive_node n
join unnest(%(level)s::integer[], %(number)s::bigint[]) as w (level, number) on w.level = n.level and w.number = n.number
where {visible archive_node n}

-- name: insert_nodes
-- Add perfect subtrees.
insert into archive_node (company_id, level, number, hash)
select %(company)s::bigint, n.level, n.number, n.hash
from unnest(%(level)s::integer[], %(number)s::bigint[], %(hash)s::bytea[]) as n (level, number, hash)

-- name: insert_root
-- Add a root.
insert into archive_root (company_id, number, at, size, root, previous, head)
values (%(company)s::bigint, %(number)s::bigint, %(now)s::timestamptz, %(size)s::bigint, %(root)s::bytea,
        %(previous)s::bytea, %(head)s::bytea)
returning id

-- name: entries
-- The whole chain.
select e.kind, e.seq, e.at, e.manifest_digest, e.previous, e.hash
from archive_entry e where {visible archive_entry e} order by e.seq

-- name: changed_manifests
-- Entries whose manifest is not the one that was sealed.
select e.seq from archive_entry e
where {visible archive_entry e}
  and sha256(convert_to(%(domain)s::text || chr(10) || e.manifest, 'UTF8')) <> e.manifest_digest
order by e.seq

-- name: all_nodes
-- The whole tree.
select n.level, n.number, n.hash from archive_node n where {visible archive_node n}

-- name: papers
-- What the archive says it holds, and what documents say.
select e.seq, p.file, p.sha256, p.size, b.sha256 as document_sha256
from archive_paper p
join archive_entry e on e.id = p.entry_id
left join document_version v on v.id = p.version_id
left join blob b on b.id = v.blob_id
where {visible archive_paper p} and p.erased_at is null
order by e.seq, p.file

-- name: uncommitted
-- Entries whose parcel does not count as committed, and committed parcels without an entry.
select coalesce(e.seq, -1) as seq, p.number
from parcel p
left join archive_entry e on e.parcel_id = p.id
where {visible parcel p} and (p.state = 'committed') <> (e.id is not null)
order by p.id

-- name: of_family
-- The entries of a first parcel, its supplements, and the erasures that touched them.
with family as (
    select e.id from archive_entry e
    join parcel p on p.id = e.parcel_id
    join parcel a on a.id = %(parcel)s::bigint and coalesce(p.supplement_of_id, p.id) = coalesce(a.supplement_of_id, a.id)
    where {visible archive_entry e}
)
select e.id, e.kind, e.seq, e.at, e.manifest, e.manifest_digest, e.previous, e.hash, e.parcel_id
from archive_entry e
where e.id in (select id from family)
   or e.id in (select x.erasure_id from archive_erasure x where x.entry_id in (select id from family))
order by e.seq

-- name: openings
-- What opens the commitments of entries.
select o.entry_id, o.path, o.value, o.salt from archive_opening o
where o.entry_id = any(%(entries)s::bigint[]) and {visible archive_opening o} order by o.id

-- name: contents
-- The papers of entries that still exist.
select p.entry_id, p.file, p.sha256 from archive_paper p
where p.entry_id = any(%(entries)s::bigint[]) and {visible archive_paper p} and p.erased_at is null order by p.id
