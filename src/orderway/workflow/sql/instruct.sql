-- name: lock
-- Lock running instances in key order, with who started them.
select i.id, i.definition_id, i.version_id, v.digest, d.key, i.subject_type, i.subject_id, i.started_by, i.due_at,
       coalesce(p.name, '') as by
from process_instance i
join process_version v on v.id = i.version_id
join process_definition d on d.id = i.definition_id
left join person p on p.id = i.started_by
where i.id = any(%(ids)s::bigint[]) and i.state = 'running' and i.parent_id is null and {visible process_instance i}
order by i.id for update of i

-- name: insert
-- Keep instructions.
insert into process_instruction (company_id, instance_id, text, said_by_id, said_at)
select %(company)s::bigint, n.instance, n.text, coalesce(%(on_behalf_of)s::bigint, nullif(%(actor)s::bigint, 0)), %(now)s::timestamptz
from unnest(%(instance)s::bigint[], %(text)s::text[]) with ordinality as n (instance, text, place)
order by n.place

-- name: set_due
-- Give instances a due date.
update process_instance i set due_at = d.due_at
from unnest(%(id)s::bigint[], %(due_at)s::timestamptz[]) as d (id, due_at) where i.id = d.id

-- name: forget_notices
-- What was to be told by the due date before is not told any more.
delete from work_notice n
where n.instance_id = any(%(instances)s::bigint[]) and n.work_item_id is null and n.state = 'waiting'

-- name: persons
-- Whether persons work here, and whether anybody else holds a role beside them.
select a.person, a.role,
       exists (select from role_grant g join person p on p.id = g.person_id and p.is_active
               where g.company_id = %(company)s::bigint and g.person_id = a.person) as here,
       exists (select from role_grant g join person p on p.id = g.person_id and p.is_active
               where g.company_id = %(company)s::bigint and g.role = a.role and g.person_id <> a.person) as others
from unnest(%(person)s::bigint[], %(role)s::text[]) as a (person, role)

-- name: add_approvers
-- Keep who has to agree.
insert into extra_approver (company_id, instance_id, node, person_id, asked_by_id, asked_at)
select %(company)s::bigint, n.instance, n.node, n.person, coalesce(%(on_behalf_of)s::bigint, nullif(%(actor)s::bigint, 0)),
       %(now)s::timestamptz
from unnest(%(instance)s::bigint[], %(node)s::text[], %(person)s::bigint[]) as n (instance, node, person)
order by n.instance, n.node, n.person
on conflict do nothing
returning instance_id, node, person_id

-- name: open_matters
-- Give matters a row, in the order of the input.
insert into matter (id, company_id, title, about, opened_at, opened_by_id)
select m.id, %(company)s::bigint, m.title, m.about, %(now)s::timestamptz,
       coalesce(%(on_behalf_of)s::bigint, nullif(%(actor)s::bigint, 0))
from unnest(%(id)s::bigint[], %(title)s::text[], %(about)s::text[]) as m (id, title, about)
order by m.id

-- name: matter_ids
-- Ids for new matters.
select nextval('matter_id_seq') as id from generate_series(1, %(count)s::integer)

-- name: said
-- What starters tell those who work on instances.
select n.instance_id, n.text, coalesce(p.name, '') as by, n.said_at as at
from process_instruction n left join person p on p.id = n.said_by_id
where n.instance_id = any(%(instances)s::bigint[]) and {visible process_instruction n}
order by n.id

-- name: approvers
-- Who has to agree at steps of instances beside the map's role, and what they answered last.
select e.instance_id, e.node, p.name as person, coalesce(b.name, '') as by, coalesce(w.state, '') as state,
       coalesce(w.outcome, '') as outcome, w.done_at
from extra_approver e
join person p on p.id = e.person_id
left join person b on b.id = e.asked_by_id
left join lateral (
    select x.state, x.outcome, x.done_at from work_item x
    where x.instance_id = e.instance_id and x.node = e.node and x.extra and x.assignee_id = e.person_id
    order by x.id desc limit 1
) w on true
where e.instance_id = any(%(instances)s::bigint[]) and {visible extra_approver e}
order by e.id

-- name: started
-- Instances by who started them.
select i.id, d.key as map, d.name, v.digest, i.subject_type, i.subject_id, i.state, i.started_at, i.ended_at, i.due_at
from process_instance i
join process_definition d on d.id = i.definition_id
join process_version v on v.id = i.version_id
where {visible process_instance i} and i.parent_id is null and i.started_by = %(actor)s::bigint
  and d.key = %(map)s::text --? map
  and i.state = %(state)s::text --? state
  and %(late)s::boolean and i.state = 'running' and i.due_at < %(now)s::timestamptz --? late
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- One instance with who started it.
select i.id, d.key as map, d.name, v.digest, i.subject_type, i.subject_id, i.state, i.started_at, i.ended_at, i.due_at,
       i.started_by, coalesce(p.name, '') as by
from process_instance i
join process_definition d on d.id = i.definition_id
join process_version v on v.id = i.version_id
left join person p on p.id = i.started_by
where i.id = %(id)s::bigint and i.parent_id is null and {visible process_instance i}

-- name: matter
-- One matter.
select m.id, m.title, m.about, m.opened_at, coalesce(p.name, '') as opened_by
from matter m left join person p on p.id = m.opened_by_id
where m.id = %(id)s::bigint and {visible matter m}
