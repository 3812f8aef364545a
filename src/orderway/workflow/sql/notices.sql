-- name: plan
-- Write down what is to be told when.
insert into work_notice (company_id, instance_id, work_item_id, kind, level, at, to_role, state)
select %(company)s::bigint, n.instance, n.item, n.kind, n.level, n.at, n.to_role, 'waiting'
from unnest(%(instance)s::bigint[], %(item)s::bigint[], %(kind)s::text[], %(level)s::smallint[], %(at)s::timestamptz[], %(to)s::text[])
     as n (instance, item, kind, level, at, to_role)
on conflict do nothing

-- name: set_due
-- Give instances their due time.
update process_instance i set due_at = d.due_at
from unnest(%(id)s::bigint[], %(due_at)s::timestamptz[]) as d (id, due_at) where i.id = d.id

-- name: ready
-- Some notices whose moment has come, the oldest first.
select n.company_id, n.id from work_notice n
where n.state = 'waiting' and n.at <= %(now)s::timestamptz
order by n.at, n.id limit 1000

-- name: take
-- Take notices whose moment has come and that nobody else is telling: told where the work is still to do, dropped where not.
with due as (
    select n.id, n.work_item_id, n.instance_id from work_notice n
    where n.id = any(%(ids)s::bigint[]) and n.state = 'waiting' and n.at <= %(now)s::timestamptz and {visible work_notice n}
    order by n.id for update skip locked
)
update work_notice n
set state = case when coalesce(w.state = 'open', i.state = 'running') then 'told' else 'dropped' end,
    told_at = case when coalesce(w.state = 'open', i.state = 'running') then %(now)s::timestamptz end
from due
join process_instance i on i.id = due.instance_id
left join work_item w on w.id = due.work_item_id
where n.id = due.id
returning n.id, n.state, n.kind, n.level, n.to_role, n.work_item_id, i.subject_type, i.subject_id, w.node, i.due_at

-- name: escalate
-- Say of work items that they were escalated, the highest level.
update work_item w set escalation = e.level, escalated_to = e.to_role
from (
    select distinct on (x.id) x.id, x.level, x.to_role
    from unnest(%(id)s::bigint[], %(level)s::smallint[], %(to)s::text[]) as x (id, level, to_role)
    order by x.id, x.level desc
) e
where w.id = e.id and w.escalation < e.level

-- name: told
-- Notices that were told, with the work they are about.
select n.id, n.kind, n.level, n.work_item_id as item, d.key as map, w.node, i.subject_type, i.subject_id, v.digest,
       coalesce(w.due_at, i.due_at) as due_at, w.role, c.name as company
from work_notice n
join process_instance i on i.id = n.instance_id
join process_version v on v.id = i.version_id
join process_definition d on d.id = i.definition_id
join company c on c.id = n.company_id
left join work_item w on w.id = n.work_item_id
where n.id = any(%(ids)s::bigint[]) and n.state = 'told' and {visible work_notice n}
order by n.id

-- name: recipients
-- Who is told: whoever has the work, else those of its role; at an escalation those of the role named. For who is away, their deputies.
with called as (
    select n.id, g.person_id, w.id as item
    from work_notice n
    left join work_item w on w.id = n.work_item_id
    join role_grant g on g.company_id = n.company_id
        and case when n.to_role <> '' then g.role = n.to_role
                 when w.assignee_id is not null then g.person_id = w.assignee_id
                 else g.role = w.role end
    where n.id = any(%(ids)s::bigint[]) and {visible work_notice n}
), covered as (
    select c.id, p.id as person, c.person_id as stood_for
    from called c
    join person p on p.is_active
    join lateral standing_for(%(company)s::bigint, p.id, %(now)s::timestamptz) s on s.person_id = c.person_id
    where p.id in (select g.person_id from role_grant g where {visible role_grant g})
), away as (
    select a.person_id from absence a
    where a.company_id = %(company)s::bigint and a.state = 'approved' and a.starts_at <= %(now)s::timestamptz
      and a.ends_at > %(now)s::timestamptz and a.deputy_id is not null
)
select distinct t.id, p.id as person, p.email, p.language, p.name
from (
    select c.id, c.person_id as person from called c where c.person_id not in (select a.person_id from away a)
    union
    select c.id, c.person from covered c where c.person not in (select a.person_id from away a)
) t
join person p on p.id = t.person and p.is_active
order by t.id, p.id

-- name: compliance
-- Work that was due, by map, step and month of its due time: met, late, still open and late; and whole maps with an empty node.
with due as (
    select w.definition_id, w.node, w.due_at, w.done_at, w.state = 'done' as done, w.opened_at
    from work_item w
    where w.due_at is not null and w.state in ('open', 'done') and not w.extra and w.company_id = %(company)s::bigint
    union all
    select i.definition_id, '', i.due_at, i.ended_at, i.state = 'ended', i.started_at
    from process_instance i
    where i.due_at is not null and i.state in ('running', 'ended') and i.company_id = %(company)s::bigint
)
select d.key as map, d.name as map_name, v.digest, u.node, date_trunc('month', u.due_at at time zone c.timezone)::date as month,
       count(*) filter (where u.done and u.done_at <= u.due_at)::integer as met,
       count(*) filter (where u.done and u.done_at > u.due_at)::integer as late,
       count(*) filter (where not u.done and u.due_at < %(now)s::timestamptz)::integer as overdue,
       percentile_cont(0.5) within group (order by extract(epoch from u.done_at - u.opened_at)) filter (where u.done) as median
from due u
join process_definition d on d.id = u.definition_id
join company c on c.id = %(company)s::bigint
join lateral (
    select one.digest from process_version one where one.definition_id = d.id order by one.number desc limit 1
) v on true
where {visible process_definition d}
  and (u.due_at at time zone c.timezone)::date >= %(since)s::date --? since
  and (u.due_at at time zone c.timezone)::date <= %(until)s::date --? until
  and d.key = %(map)s::text --? map
group by d.key, d.name, v.digest, u.node, month
having count(*) filter (where u.done or u.due_at < %(now)s::timestamptz) > 0
order by month desc, d.key, u.node
