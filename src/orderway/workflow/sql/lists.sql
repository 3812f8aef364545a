-- name: work
-- Open work items with what the map and the people say of them.
select w.id, d.key as map, w.node, w.subject_type, w.subject_id, w.role, coalesce(dep.key, '') as department,
       coalesce(dep.name, '') as department_name, w.assignee_id, coalesce(a.name, '') as assignee, w.opened_at, w.due_at, w.why, w.why_code, coalesce(b.name, '') as why_by,
       v.digest, w.priority, w.snoozed_until, w.escalation, w.extra,
       exists (select from work_question q where q.work_item_id = w.id and q.person_id = %(actor)s::bigint and q.answered_at is null)
           as asked
from work_item w
join process_instance i on i.id = w.instance_id
join process_version v on v.id = i.version_id
join process_definition d on d.id = w.definition_id
left join department dep on dep.id = w.department_id
left join person a on a.id = w.assignee_id
left join person b on b.id = w.why_by
where {visible work_item w} and w.state = 'open'
  and %(mine)s::boolean and w.assignee_id = %(actor)s::bigint --? mine
  and %(free)s::boolean and w.assignee_id is null and w.role = any(%(roles)s::text[]) --? free
  and %(waiting)s::boolean and (coalesce(w.assignee_id = %(actor)s::bigint, w.role = any(%(roles)s::text[])) --? waiting
      or w.assignee_id in (select s.person_id from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s) --? waiting
      or w.assignee_id is null and w.role in ( --? waiting
          select g.role from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s --? waiting
          join role_grant g on g.person_id = s.person_id and g.company_id = %(company)s::bigint)) --? waiting
  and %(acting)s::boolean and not coalesce(w.assignee_id = %(actor)s::bigint, w.role = any(%(roles)s::text[])) --? acting
  and (w.assignee_id in (select s.person_id from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s) --? acting
      or w.assignee_id is null and w.role in ( --? acting
          select g.role from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s --? acting
          join role_grant g on g.person_id = s.person_id and g.company_id = %(company)s::bigint)) --? acting
  and %(departments_own)s::boolean and w.department_id = any(%(departments)s::bigint[]) --? departments_own
  and %(asked_me)s::boolean and exists ( --? asked_me
      select from work_question q where q.work_item_id = w.id and q.person_id = %(actor)s::bigint and q.answered_at is null) --? asked_me
  and %(snoozed)s::boolean and w.snoozed_until > %(now)s::timestamptz --? snoozed
  and %(awake)s::boolean and (w.snoozed_until is null or w.snoozed_until <= %(now)s::timestamptz) --? awake
  and dep.key = %(department)s::text --? department
  and d.key = %(map)s::text --? map
  and w.node = %(node)s::text --? node
  and w.subject_type = %(subject_type)s::text --? subject_type
  and w.subject_id = %(subject)s::bigint --? subject
  and %(late)s::boolean and w.due_at < %(now)s::timestamptz --? late
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- One work item, and what was filled in on its way so far.
select w.id, d.key as map, w.node, w.subject_type, w.subject_id, w.role, coalesce(dep.key, '') as department,
       coalesce(dep.name, '') as department_name, w.assignee_id, coalesce(a.name, '') as assignee, w.opened_at, w.due_at, w.why, w.why_code, coalesce(b.name, '') as why_by,
       v.digest, w.state, w.outcome, w.reason, w.checks, w.values::text as filled, i.values::text as before, w.done_at,
       coalesce(f.name, '') as done_by, coalesce(h.name, '') as done_for, w.priority, w.snoozed_until, w.escalation, w.extra,
       i.root_id, r.due_at as whole_due_at, (select b.outcome from work_item b where b.instance_id = w.instance_id and b.node = w.node
           and b.token_id = w.token_id and b.state = 'done' and not b.extra order by b.id desc limit 1) as decided,
       exists (select from work_question q where q.work_item_id = w.id and q.person_id = %(actor)s::bigint and q.answered_at is null)
           as asked
from work_item w
join process_instance i on i.id = w.instance_id
join process_version v on v.id = i.version_id
join process_definition d on d.id = w.definition_id
left join department dep on dep.id = w.department_id
left join person a on a.id = w.assignee_id
left join person b on b.id = w.why_by
left join person f on f.id = w.done_by
left join person h on h.id = w.done_for
join process_instance r on r.id = i.root_id
where w.id = %(id)s::bigint and {visible work_item w}

-- name: earlier
-- What a work item (or all that was started as one instance) is about, with the steps that were done before it, the latest first.
select h.subject_type, h.subject_id, e.id, e.node, v.digest, e.done_at as at, coalesce(p.name, '') as who,
       coalesce(s.name, '') as whom, e.outcome, e.sends_back, e.reason, e.values::text as filled, e.extra
from (
    select i.root_id, w.id as item, w.done_at, w.subject_type, w.subject_id
    from work_item w join process_instance i on i.id = w.instance_id where w.id = %(item)s::bigint and {visible work_item w}
    union all
    select i.root_id, 0, null, i.subject_type, i.subject_id
    from process_instance i where i.id = %(instance)s::bigint and {visible process_instance i}
) h
left join (process_instance o
           join work_item e on e.instance_id = o.id and e.state = 'done'
           join process_version v on v.id = o.version_id
           left join person p on p.id = e.done_by
           left join person s on s.id = e.done_for)
       on o.root_id = h.root_id and e.id <> h.item and (h.done_at is null or e.done_at <= h.done_at)
order by e.done_at desc, e.id desc
limit 50

-- name: ways
-- Open work items with the drawing that says how each may be finished.
select w.id, w.node, w.extra, v.digest from work_item w
join process_instance i on i.id = w.instance_id
join process_version v on v.id = i.version_id
where w.id = any(%(ids)s::bigint[]) and {visible work_item w}
order by w.id

-- name: maps
-- The latest version of each map and how many are on their way.
select d.key, d.name, d.subject_type, v.number, v.digest, v.published_at, coalesce(p.name, '') as published_by,
       (select count(*) from process_instance i where i.definition_id = d.id and i.state = 'running') as running
from process_definition d
join lateral (
    select * from process_version one where one.definition_id = d.id order by one.number desc limit 1
) v on true
left join person p on p.id = v.published_by_id
where {visible process_definition d}
order by d.name, d.id

-- name: drawing
-- One version of a map, the latest unless a number is given.
select d.id as definition_id, d.key, d.name, v.number, v.xml, v.digest
from process_definition d
join process_version v on v.definition_id = d.id
where d.key = %(map)s::text and {visible process_definition d}
  and v.number = %(version)s::integer --? version
order by v.number desc limit 1

-- name: counts
-- What stands at each node, or `behind` it where nobody drew one: since when, how long (seconds), how much is late, stuck, or in hand.
select rtrim(t.node, %(behind)s::text) as node, count(*)::integer as standing, min(t.entered_at) as oldest,
       count(*) filter (where w.due_at < %(now)s::timestamptz)::integer as late,
       count(*) filter (where t.state = 'stuck')::integer as stuck,
       count(w.assignee_id)::integer as held,
       sum(greatest(extract(epoch from %(now)s::timestamptz - t.entered_at), 0))::double precision as waited,
       percentile_cont(0.5) within group (order by greatest(extract(epoch from %(now)s::timestamptz - t.entered_at), 0)) as median
from token t
left join work_item w on w.instance_id = t.instance_id and w.node = t.node and w.token_id = t.id and w.state = 'open'
where t.definition_id = %(definition)s::bigint and t.state <> 'listening' and {visible token t}
group by 1 order by 1

-- name: waiting_on
-- What stands somewhere and on whom or what it waits; the work item is for those who may see it.
select t.id, d.key as map, rtrim(t.node, %(behind)s::text) as node, t.state, t.entered_at, t.reason_code, i.subject_type, i.subject_id, v.digest,
       case when {visible work_item w} then w.id end as item,
       coalesce(w.role, '') as role, coalesce(dep.name, '') as department, coalesce(a.name, '') as assignee,
       coalesce(w.due_at, m.due_at) as due_at, coalesce(w.due_at < %(now)s::timestamptz, false) as late
from token t
join process_instance i on i.id = t.instance_id
join process_version v on v.id = i.version_id
join process_definition d on d.id = t.definition_id
left join work_item w on w.instance_id = t.instance_id and w.node = t.node and w.token_id = t.id and w.state = 'open'
left join department dep on dep.id = w.department_id
left join person a on a.id = w.assignee_id
left join timer m on m.token_id = t.id
where t.state <> 'listening' and i.state = 'running' and {visible token t}
  and d.key = %(map)s::text --? map
  and t.node = any(%(nodes)s::text[]) --? nodes
  and i.subject_type = %(subject_type)s::text --? subject_type
  and i.subject_id = %(subject)s::bigint --? subject
  and %(innermost)s::boolean and not exists ( --? innermost
      select from token o where o.instance_id = t.instance_id and o.scope = t.id and o.state <> 'listening') --? innermost
  and %(anywhere)s::boolean and not exists ( --? anywhere
      select from process_instance c where c.root_id = i.root_id and c.called_by = t.id and c.state = 'running') --? anywhere
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: instances
-- The instances of a subject with their drawings and ways.
select i.id, d.key, d.name, v.number, v.xml, v.digest, i.state, i.started_at, i.ended_at, i.path, i.path_at
from process_instance i
join process_definition d on d.id = i.definition_id
join process_version v on v.id = i.version_id
where i.subject_type = %(subject_type)s::text and i.subject_id = %(subject)s::bigint and {visible process_instance i}
order by i.state = 'running' desc, i.id

-- name: opened
-- Work items of all companies opened since an id and somewhat before, each told like a command that changed the work list.
select w.company_id, -w.id as command_id, w.opened_at as at, array['work_item'] as subjects
from work_item w
where w.id > coalesce(%(seen)s::bigint, (select max(l.id) from work_item l)) - %(window)s::integer order by w.id

-- name: standing
-- The tokens of instances.
select t.instance_id, rtrim(t.node, %(behind)s::text) as node, t.state, t.entered_at, t.reason_code from token t
where t.instance_id = any(%(instances)s::bigint[]) and t.state <> 'listening' and {visible token t}
order by t.id

-- name: history
-- The work items of a subject.
select w.id, d.key as map, w.node, w.role, w.state, w.opened_at, w.due_at, w.done_at, w.done_by as done_by_id,
       coalesce(p.name, '') as done_by, w.outcome, w.sends_back, w.reason, w.why, w.why_code, w.checks, w.basis,
       coalesce(h.name, '') as done_for
from work_item w
join process_definition d on d.id = w.definition_id
left join person p on p.id = w.done_by
left join person h on h.id = w.done_for
where w.subject_type = %(subject_type)s::text and w.subject_id = %(subject)s::bigint and w.company_id = %(company)s::bigint
order by w.id
