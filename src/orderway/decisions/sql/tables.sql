-- name: lock_definitions
-- Make sure that each decision has its row, lock the rows in key order and say what the latest version is.
with made as (
    insert into decision_definition as d (company_id, key, name, subject_type)
    select %(company)s::bigint, t.key, t.name, t.subject
    from unnest(%(keys)s::text[], %(names)s::text[], %(subjects)s::text[]) as t (key, name, subject)
    order by t.key
    on conflict (company_id, key) do update set name = excluded.name
    returning d.id, d.key, d.subject_type
)
select m.id, m.key, m.subject_type, coalesce(v.number, 0) as number, v.id as version_id, v.digest
from made m
left join lateral (
    select v.id, v.number, v.digest from decision_version v where v.definition_id = m.id order by v.number desc limit 1
) v on true

-- name: insert_versions
-- Insert the next version of each decision.
insert into decision_version (company_id, definition_id, number, xml, digest, why, published_at, published_by_id)
select %(company)s::bigint, v.definition, v.number, v.xml, v.digest, v.why, %(now)s::timestamptz,
    nullif(%(actor)s::bigint, 0)
from unnest(%(definition)s::bigint[], %(number)s::integer[], %(xml)s::text[], %(digest)s::text[], %(why)s::text[])
     with ordinality as v (definition, number, xml, digest, why, place)
order by v.place
returning id

-- name: lock_known
-- Lock those of these decisions that exist already, in key order, and say what they decide about by now.
select d.key, d.subject_type from decision_definition d
where d.key = any(%(keys)s::text[]) and {visible decision_definition d}
order by d.key for update

-- name: hold
-- Nobody publishes another version of these decisions meanwhile.
select d.id from decision_definition d
where d.key = any(%(keys)s::text[]) and {visible decision_definition d}
order by d.key for share

-- name: latest
-- The latest version of a decision by its key, and the company's time zone.
select d.key, d.name, d.subject_type, v.id as version_id, v.digest, v.number, c.timezone
from decision_definition d
join company c on c.id = d.company_id
join decision_version v on v.definition_id = d.id
where d.key = %(key)s::text and {visible decision_definition d}
order by v.number desc
limit 1

-- name: xml
-- The files of versions by digest.
select distinct on (v.digest) v.digest, v.xml from decision_version v
where v.digest = any(%(digests)s::text[]) and {visible decision_version v}

-- name: offered
-- The latest version of every decision, or of those of some keys.
select d.key, d.subject_type, v.digest
from decision_definition d
cross join lateral (
    select v.digest from decision_version v where v.definition_id = d.id order by v.number desc limit 1
) v
where {visible decision_definition d}
    and d.key = any(%(keys)s::text[]) --? keys
order by d.key

-- name: tables
-- Every decision with its latest version, who published it, and how many were decided by it.
select d.id, d.key, d.name, d.subject_type, v.number, v.published_at, coalesce(p.name, '') as published_by, v.why,
    (select count(*) from decision_made m where m.version_id = v.id) as made
from decision_definition d
join lateral (
    select v.* from decision_version v where v.definition_id = d.id order by v.number desc limit 1
) v on true
left join person p on p.id = v.published_by_id
where {visible decision_definition d}
    and (d.name ilike '%%' || %(search)s::text || '%%' or d.key ilike '%%' || %(search)s::text || '%%') --? search
order by d.name, d.id

-- name: versions
-- All versions of a decision, the latest first.
select v.id, v.number, v.digest, v.why, v.published_at, coalesce(p.name, '') as published_by, d.key, d.name, d.subject_type
from decision_definition d
join decision_version v on v.definition_id = d.id
left join person p on p.id = v.published_by_id
where d.key = %(key)s::text and {visible decision_definition d}
order by v.number desc

-- name: insert_made
-- Note what was decided about each subject: the rules that hit, the values they hit on, the result.
insert into decision_made (
    company_id, version_id, subject_type, subject_id, at, decided_by, command_id, rules, values, result
)
select %(company)s::bigint, %(version)s::bigint, %(subject_type)s::text, m.subject, %(now)s::timestamptz,
    nullif(%(actor)s::bigint, 0), %(command)s::bigint, m.rules, m.values, m.result
from jsonb_to_recordset(%(made)s::jsonb) as m (subject bigint, rules integer[], values jsonb, result jsonb)
order by m.subject

-- name: why
-- What was decided about a subject, the latest first.
select m.id, m.at, d.key, d.name, v.number, v.digest, m.rules, m.values, m.result, coalesce(p.name, '') as decided_by
from decision_made m
join decision_version v on v.id = m.version_id
join decision_definition d on d.id = v.definition_id
left join person p on p.id = m.decided_by
where m.subject_type = %(subject_type)s::text and m.subject_id = %(subject)s::bigint
    and d.key = %(key)s::text --? key
    and {visible decision_made m}
order by m.id desc
limit 200

-- name: fired
-- How often each rule of a version hit in a period (0: no rule did; without a rule: all that was decided), for how many, and when last.
select r.rule, count(distinct m.id)::integer as times, count(distinct m.subject_id)::integer as subjects, max(m.at) as latest
from decision_made m
join decision_version v on v.id = m.version_id
join decision_definition d on d.id = v.definition_id
join company c on c.id = m.company_id
cross join lateral unnest(case when cardinality(m.rules) = 0 then array[0] else m.rules end) as r (rule)
where d.key = %(key)s::text and v.number = %(number)s::integer and {visible decision_made m}
  and m.at >= (%(since)s::date)::timestamp at time zone c.timezone --? since
  and m.at < (%(until)s::date + 1)::timestamp at time zone c.timezone --? until
group by grouping sets ((r.rule), ())
having count(*) > 0
order by r.rule nulls first
