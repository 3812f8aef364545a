-- name: lock
-- Lock the drafts of tables in key order; say who saved each last.
select p.id, p.key, p.subject_type, p.xml, p.revision, coalesce(n.name, '') as saved_by
from decision_draft p
left join person n on n.id = p.saved_by_id
where p.key = any(%(keys)s::text[]) and {visible decision_draft p}
order by p.key for update of p

-- name: published
-- The latest published version of tables.
select distinct on (d.key) d.key, v.number, v.xml, d.subject_type
from decision_version v join decision_definition d on d.id = v.definition_id
where d.key = any(%(keys)s::text[]) and {visible decision_version v}
order by d.key, v.number desc

-- name: save
-- Keep drawn tables; a draft that somebody else has saved meanwhile stays as it is and is not answered.
insert into decision_draft as p (company_id, key, subject_type, xml, revision, saved_at, saved_by_id)
select %(company)s::bigint, s.key, s.subject, s.xml, s.seen + 1, %(now)s::timestamptz, nullif(%(actor)s::bigint, 0)
from unnest(%(keys)s::text[], %(subjects)s::text[], %(xml)s::text[], %(seen)s::integer[]) as s (key, subject, xml, seen)
order by s.key
on conflict (company_id, key) do update
set xml = excluded.xml, subject_type = excluded.subject_type, revision = excluded.revision, saved_at = excluded.saved_at,
    saved_by_id = excluded.saved_by_id
where p.revision = excluded.revision - 1
returning p.id, p.key, p.revision

-- name: remove
-- Throw drafts away.
delete from decision_draft where id = any(%(ids)s::bigint[])

-- name: one
-- The draft of one table.
select p.key, p.subject_type, p.xml, p.revision, p.saved_at, coalesce(n.name, '') as saved_by
from decision_draft p
left join person n on n.id = p.saved_by_id
where p.key = %(key)s::text and {visible decision_draft p}

-- name: all
-- The drafts with who saved them when, and whether the table is published.
select p.key, p.subject_type, p.xml, p.revision, p.saved_at, coalesce(n.name, '') as saved_by,
       exists (select from decision_definition d where d.company_id = p.company_id and d.key = p.key) as published
from decision_draft p
left join person n on n.id = p.saved_by_id
where {visible decision_draft p}
order by p.key

-- name: zone
-- The time zone of the company.
select c.timezone from company c where c.id = %(company)s::bigint
