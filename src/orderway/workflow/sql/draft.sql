-- name: lock
-- Lock the drafts of maps in key order; say who saved each last.
select p.id, p.map as key, p.xml, p.revision, coalesce(n.name, '') as saved_by
from process_draft p
left join person n on n.id = p.saved_by_id
where p.map = any(%(keys)s::text[]) and {visible process_draft p}
order by p.map for update of p

-- name: published
-- The latest published drawings of maps.
select distinct on (d.key) d.key, v.number, v.xml
from process_version v join process_definition d on d.id = v.definition_id
where d.key = any(%(keys)s::text[]) and {visible process_version v}
order by d.key, v.number desc

-- name: save
-- Keep drawings; a draft that somebody else has saved meanwhile stays as it is and is not answered.
insert into process_draft as p (company_id, map, xml, revision, saved_at, saved_by_id)
select %(company)s::bigint, s.map, s.xml, s.seen + 1, %(now)s::timestamptz, nullif(%(actor)s::bigint, 0)
from unnest(%(keys)s::text[], %(xml)s::text[], %(seen)s::integer[]) as s (map, xml, seen)
order by s.map
on conflict (company_id, map) do update
set xml = excluded.xml, revision = excluded.revision, saved_at = excluded.saved_at, saved_by_id = excluded.saved_by_id
where p.revision = excluded.revision - 1
returning p.id, p.map as key, p.revision

-- name: remove
-- Throw drafts away.
delete from process_draft where id = any(%(ids)s::bigint[])

-- name: one
-- The draft of one map, and the latest published version of it.
select p.id, p.map as key, p.xml, p.revision, p.saved_at, coalesce(n.name, '') as saved_by
from process_draft p
left join person n on n.id = p.saved_by_id
where p.map = %(map)s::text and {visible process_draft p}

-- name: all
-- The drafts with who saved them when, and whether the map is published.
select p.map, p.xml, p.revision, p.saved_at, coalesce(n.name, '') as saved_by,
       exists (select from process_definition d where d.company_id = p.company_id and d.key = p.map) as published
from process_draft p
left join person n on n.id = p.saved_by_id
where {visible process_draft p}
order by p.map

-- name: departments
-- The departments of the company.
select d.key, d.name from department d where {visible department d} order by d.name, d.key

-- name: maps
-- The published maps by key.
select d.key, d.name from process_definition d where {visible process_definition d} order by d.name, d.key

-- name: versions
-- Every version of a map: who published it, when and why.
select v.number, v.published_at, coalesce(n.name, '') as published_by, v.note, v.xml,
       (select count(*) from process_instance i where i.version_id = v.id and i.state = 'running') as running
from process_version v
join process_definition d on d.id = v.definition_id
left join person n on n.id = v.published_by_id
where d.key = %(map)s::text and {visible process_version v}
order by v.number desc
