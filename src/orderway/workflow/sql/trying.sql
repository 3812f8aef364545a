-- name: roots
-- The runs of a map that began in a period, or one of them.
select i.id, i.subject_type, i.subject_id
from process_instance i join process_definition d on d.id = i.definition_id
where d.key = %(map)s::text and i.parent_id is null and {visible process_instance i}
  and i.started_at >= %(since)s::timestamptz --? since
  and i.started_at < %(until)s::timestamptz --? until
  and i.id = %(root)s::bigint --? root
order by i.id

-- name: many
-- How many runs of a map began in a period.
select count(*) as many
from process_instance i join process_definition d on d.id = i.definition_id
where d.key = %(map)s::text and i.parent_id is null and {visible process_instance i}
  and i.started_at >= %(since)s::timestamptz and i.started_at < %(until)s::timestamptz

-- name: rides
-- The runs of subjects through a map and what it called, each map before what it called.
select i.id, i.root_id, i.subject_type, i.subject_id, v.digest, i.path, i.path_at, i.state, i.started_at, i.ended_at, i.values::text as filled
from process_instance i join process_version v on v.id = i.version_id
where i.root_id = any(%(roots)s::bigint[]) and {visible process_instance i}
order by i.root_id, i.id

-- name: items
-- The decisions people made on these runs, or still have to make.
select w.id, i.root_id, d.key as map, w.node, w.role, w.opened_at, w.due_at, w.done_at, w.state, w.outcome, w.values::text as filled, w.basis,
       w.token_id, w.extra, w.sends_back
from process_instance i
join work_item w on w.instance_id = i.id
join process_definition d on d.id = w.definition_id
where i.root_id = any(%(roots)s::bigint[]) and {visible process_instance i}
order by w.id

-- name: kept
-- Where an earlier approval still held, so that nobody was asked again.
select e.root_id as subject_id, e.at, e.data->>'map' as map, e.data->>'node' as node
from event e
where e.root_type = %(subject_type)s::text and e.root_id = any(%(subjects)s::bigint[]) and e.name = 'approval.kept' and {visible event e}
order by e.id

-- name: arrived
-- Messages and signals that came for subjects; a signal once, however many listened.
select a.subject_id, a.name, a.at
from arrival a
where a.subject_type = %(subject_type)s::text and a.subject_id = any(%(subjects)s::bigint[]) and {visible arrival a}
group by a.subject_id, a.name, a.at, case when a.name like 'signal:%%' then 0 else a.id end
order by min(a.id)

-- name: asked
-- The decision tables that were asked about subjects, by which version on which values.
select m.subject_id, d.key, v.digest, m.at, m."values"::text as filled
from decision_made m
join decision_version v on v.id = m.version_id
join decision_definition d on d.id = v.definition_id
where m.subject_type = %(subject_type)s::text and m.subject_id = any(%(subjects)s::bigint[]) and d.key = any(%(keys)s::text[])
  and {visible decision_made m}
order by m.id

-- name: tables
-- The latest version of decisions.
select distinct on (d.key) d.key, v.digest
from decision_definition d join decision_version v on v.definition_id = d.id
where d.key = any(%(keys)s::text[]) and d.subject_type = %(subject_type)s::text and {visible decision_definition d}
order by d.key, v.number desc

-- name: was
-- What columns of subjects' own rows were written when, the first image first.
select e.root_id as subject_id, e.at, k.name, c.change->'new'->>k.name as value
from event e
cross join lateral json_array_elements(e.data->'changes') as c (change)
cross join unnest(%(columns)s::text[]) as k (name)
where e.root_type = %(subject_type)s::text and e.root_id = any(%(subjects)s::bigint[]) and {visible event e}
  and c.change->>'table' = %(table)s::text and c.change->>'id' = e.root_id::text and c.change->'new'->k.name is not null
order by e.id

-- name: usual
-- How long half of the decisions of a period took at most: by map and step, and by role.
select d.key as map, w.node, w.role, percentile_disc(0.5) within group (order by w.done_at - w.opened_at) as took
from work_item w join process_definition d on d.id = w.definition_id
where w.state = 'done' and w.company_id = %(company)s::bigint
  and w.opened_at >= %(since)s::timestamptz --? since
  and w.opened_at < %(until)s::timestamptz --? until
group by grouping sets ((d.key, w.node), (w.role))
