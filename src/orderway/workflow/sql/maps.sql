-- name: keys
-- The keys of the company's maps, and whose way each is.
select d.key, d.subject_type from process_definition d where {visible process_definition d}

-- name: hold
-- The same, and let nobody else publish maps until the transaction ends: two at once could each call what the other makes of theirs.
select d.key, d.subject_type from process_definition d where {visible process_definition d}
order by d.id for no key update

-- name: heads
-- The latest version of each map of the company.
select distinct on (v.definition_id) v.digest from process_version v
where {visible process_version v}
order by v.definition_id, v.number desc

-- name: xml
-- The drawings of versions by digest.
select distinct on (v.digest) v.digest, v.xml from process_version v
where v.digest = any(%(digests)s::text[]) and {visible process_version v}

-- name: in_use
-- The versions that subjects begin or go by: the latest of each map, and those with tokens.
select d.key, v.number, v.digest
from process_definition d
cross join lateral (
    select v.number, v.digest from process_version v where v.definition_id = d.id order by v.number desc limit 1
) v
where {visible process_definition d}
union
select d.key, v.number, v.digest
from (
    select distinct i.version_id from token t join process_instance i on i.id = t.instance_id
    where {visible process_instance i}
) r
join process_version v on v.id = r.version_id
join process_definition d on d.id = v.definition_id
order by 1, 2

-- name: lock_definitions
-- Make sure that each map has its row, lock the rows in key order and say what the latest version is.
with made as (
    insert into process_definition as d (company_id, key, name, subject_type)
    select %(company)s::bigint, m.key, m.name, m.subject
    from unnest(%(keys)s::text[], %(names)s::text[], %(subjects)s::text[]) as m (key, name, subject)
    order by m.key
    on conflict (company_id, key) do update set name = excluded.name
    returning d.id, d.key, d.subject_type, d.starts
)
select m.id, m.key, m.subject_type, m.starts, coalesce(v.number, 0) as number, v.id as version_id, v.digest
from made m
left join lateral (
    select v.id, v.number, v.digest from process_version v where v.definition_id = m.id order by v.number desc limit 1
) v on true

-- name: insert_versions
-- Insert the next version of each map.
insert into process_version (company_id, definition_id, number, xml, digest, note, published_at, published_by_id)
select %(company)s::bigint, v.definition, v.number, v.xml, v.digest, v.note, %(now)s::timestamptz, nullif(%(actor)s::bigint, 0)
from unnest(%(definition)s::bigint[], %(number)s::integer[], %(xml)s::text[], %(digest)s::text[], %(note)s::text[])
     with ordinality as v (definition, number, xml, digest, note, place)
order by v.place
returning id

-- name: latest
-- The latest version of each map by key.
select distinct on (d.key) d.key, d.id as definition_id, d.subject_type, v.id as version_id, v.digest, v.number, v.published_at
from process_definition d
join process_version v on v.definition_id = d.id
where d.key = any(%(keys)s::text[]) and {visible process_definition d}
order by d.key, v.number desc

-- name: set_starts
-- What arrives to start the latest version of each map.
update process_definition d set starts = array(select jsonb_array_elements_text(s.starts::jsonb))
from unnest(%(definition)s::bigint[], %(starts)s::text[]) as s (definition, starts)
where d.id = s.definition

-- name: drop_clocks
-- The clock of earlier versions starts nothing any more.
delete from process_clock where definition_id = any(%(definitions)s::bigint[])

-- name: set_clocks
-- When the clock starts maps.
insert into process_clock (company_id, definition_id, node, due_at, "left")
select %(company)s::bigint, c.definition, c.node, c.due_at, c.times
from unnest(%(definition)s::bigint[], %(node)s::text[], %(due_at)s::timestamptz[], %(times)s::integer[])
     as c (definition, node, due_at, times)
