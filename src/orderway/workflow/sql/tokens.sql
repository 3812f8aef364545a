-- name: lock
-- Lock running roots in key order.
select i.id from process_instance i
where i.id = any(%(roots)s::bigint[]) and i.state = 'running' and {visible process_instance i}
order by i.id for update

-- name: lock_free
-- Lock running roots that nobody else moves.
select i.id from process_instance i
where i.id = any(%(roots)s::bigint[]) and i.state = 'running' and {visible process_instance i}
order by i.id for update skip locked

-- name: load
-- The tokens of all running instances under these roots, or under those that work items belong to.
select t.id, t.instance_id, t.node, t.came_by, t.state, t.scope, t.parent, t.outcome, t.reason, t.reason_code, t.reason_by,
       t.signal, t.counts::text as counts, i.values::text as filled, i.root_id, i.called_by, i.definition_id, i.version_id, v.digest,
       i.subject_type, i.subject_id, (select s.stamp::text from calendar_stamp s where s.company_id = %(company)s::bigint) as calendar
       , array(select e.person_id from extra_approver e where e.instance_id = t.instance_id and e.node = t.node order by e.id) as extras --? extras
from process_instance i
join process_version v on v.id = i.version_id
join token t on t.instance_id = i.id
where i.state = 'running' and {visible process_instance i}
  and i.root_id = any(%(roots)s::bigint[]) --? roots
  and i.root_id = any(array( --? items
      select o.root_id from work_item w join process_instance o on o.id = w.instance_id where w.id = any(%(items)s::bigint[]))) --? items
order by t.id

-- name: token_ids
-- Ids for new tokens.
select nextval('token_id_seq') as id from generate_series(1, %(count)s::integer)

-- name: call_ids
-- Ids for called instances.
select nextval('process_instance_id_seq') as id from generate_series(1, %(count)s::integer)

-- name: insert_instances
-- Insert called instances with the flows taken so far.
insert into process_instance (id, company_id, definition_id, version_id, root_id, parent_id, called_by, subject_type, subject_id,
                              state, started_at, path, path_at, values)
select n.id, %(company)s::bigint, n.definition, n.version, n.root, n.parent, n.called_by, n.subject_type, n.subject,
       'running', %(now)s::timestamptz, w.path, array_fill(%(now)s::timestamptz, array[cardinality(w.path)]), n.filled::jsonb
from unnest(%(id)s::bigint[], %(root)s::bigint[], %(parent)s::bigint[], %(called_by)s::bigint[], %(definition)s::bigint[],
            %(version)s::bigint[], %(subject_type)s::text[], %(subject)s::bigint[], %(path)s::text[], %(filled)s::text[])
     as n (id, root, parent, called_by, definition, version, subject_type, subject, path, filled)
cross join lateral (select coalesce(string_to_array(nullif(n.path, ''), ' '), '{}') as path) w
order by n.id

-- name: store
-- Write what has moved, all at once: tokens gone, new ones, those that came to rest elsewhere; flows taken, form values, what has ended.
with here as (select)
, gone as (delete from token where id = any(%(gone)s::bigint[])) --? gone
, made as ( --? new_id
    insert into token (id, company_id, instance_id, definition_id, node, came_by, state, scope, parent, entered_at, outcome, reason, --? new_id
                       reason_code, reason_by, signal, counts) --? new_id
    select n.id, %(company)s::bigint, n.instance, n.definition, n.node, n.came_by, n.state, n.scope, n.parent, --? new_id
           %(now)s::timestamptz, n.outcome, n.reason, n.reason_code, n.reason_by, n.signal, n.counts::jsonb --? new_id
    from unnest(%(new_id)s::bigint[], %(new_instance)s::bigint[], %(new_definition)s::bigint[], %(new_node)s::text[], --? new_id
                %(new_came_by)s::text[], %(new_state)s::text[], %(new_scope)s::bigint[], %(new_parent)s::bigint[], --? new_id
                %(new_outcome)s::text[], %(new_reason)s::text[], %(new_reason_code)s::text[], %(new_reason_by)s::bigint[], --? new_id
                %(new_signal)s::text[], %(new_counts)s::text[]) --? new_id
         as n (id, instance, definition, node, came_by, state, scope, parent, outcome, reason, reason_code, reason_by, signal, counts) --? new_id
) --? new_id
, placed as ( --? id
    update token t --? id
    set node = m.node, came_by = m.came_by, state = m.state, scope = m.scope, parent = m.parent, entered_at = %(now)s::timestamptz, --? id
        outcome = m.outcome, reason = m.reason, reason_code = m.reason_code, reason_by = m.reason_by, signal = m.signal, --? id
        counts = m.counts::jsonb --? id
    from unnest(%(id)s::bigint[], %(node)s::text[], %(came_by)s::text[], %(state)s::text[], %(scope)s::bigint[], --? id
                %(parent)s::bigint[], %(outcome)s::text[], %(reason)s::text[], %(reason_code)s::text[], --? id
                %(reason_by)s::bigint[], %(signal)s::text[], %(counts)s::text[]) --? id
         as m (id, node, came_by, state, scope, parent, outcome, reason, reason_code, reason_by, signal, counts) --? id
    where t.id = m.id --? id
) --? id
update process_instance i
set path = i.path || m.path,
    path_at = i.path_at || array_fill(%(now)s::timestamptz, array[cardinality(m.path)]),
    values = case when m.filled = '{}' then i.values else i.values || m.filled::jsonb end,
    state = case when m.ended = '' then i.state else m.ended end,
    ended_at = case when m.ended <> '' then %(now)s::timestamptz end
from (
    select u.id, u.ended, coalesce(string_to_array(nullif(u.path, ''), ' '), '{}') as path, u.filled
    from unnest(%(moved)s::bigint[], %(ended)s::text[], %(path)s::text[], %(filled)s::text[]) as u (id, ended, path, filled)
) m
where i.id = m.id

-- name: open_items
-- Open work items; where a node is named (`same_as`), who last finished it in the same instance gets it again, if still there.
insert into work_item (company_id, definition_id, instance_id, token_id, node, subject_type, subject_id, role, department_id,
                       assignee_id, state, opened_at, due_at, why, why_code, why_by, outcome, sends_back, reason, values, checks,
                       round_of, priority)
select %(company)s::bigint, n.definition, n.instance, n.token, n.node, n.subject_type, n.subject, n.role, d.id,
       coalesce( --? again
                before.person, --? again
                n.person
       ) --? again
       , 'open', %(now)s::timestamptz, n.due_at, n.why, n.why_code, n.why_by, '', false, '', '{}',
       '{}', n.round_of, n.priority
from unnest(%(token)s::bigint[], %(node)s::text[], %(why)s::text[], %(why_code)s::text[], %(why_by)s::bigint[],
            %(instance)s::bigint[], %(definition)s::bigint[], %(subject_type)s::text[], %(subject)s::bigint[],
            %(department)s::text[], %(role)s::text[], %(due_at)s::timestamptz[], %(same_as)s::text[],
            %(round_of)s::bigint[], %(person)s::bigint[], %(priority)s::smallint[])
     as n (token, node, why, why_code, why_by, instance, definition, subject_type, subject, department, role, due_at, same_as,
           round_of, person, priority)
left join department d on d.company_id = %(company)s::bigint and d.key = n.department
left join lateral ( --? again
    select p.id as person --? again
    from work_item w --? again
    join person p on p.id = w.done_by and p.is_active --? again
    join role_grant g on g.person_id = p.id and g.company_id = %(company)s::bigint and g.role = n.role --? again
    where w.instance_id = n.instance and w.node = n.same_as and w.state = 'done' and not w.extra --? again
    order by w.id desc limit 1 --? again
) before on true --? again
order by n.token
returning id, token_id, assignee_id --? told

-- name: insert_timers
-- Wake tokens later.
insert into timer (company_id, token_id, due_at)
select %(company)s::bigint, t.token, t.due_at
from unnest(%(token)s::bigint[], %(due_at)s::timestamptz[]) as t (token, due_at)

-- name: delete_timers
-- Timers that have rung.
delete from timer where token_id = any(%(tokens)s::bigint[])

-- name: due_timers
-- Which of these tokens are due, the earliest first.
select t.token_id, t.due_at from timer t
where t.token_id = any(%(tokens)s::bigint[]) and t.due_at <= %(now)s::timestamptz and {visible timer t}
order by t.due_at, t.token_id

-- name: withdraw_items
-- Nobody has to do these any more: their tokens were stopped.
update work_item w set state = 'withdrawn', done_at = %(now)s::timestamptz
where w.instance_id = any(%(instances)s::bigint[]) and w.token_id = any(%(tokens)s::bigint[]) and w.state = 'open'

-- name: tell
-- What maps say to others about their subjects.
insert into arrival (company_id, subject_type, subject_id, name, at, state)
select %(company)s::bigint, s.subject_type, s.subject, s.name, %(now)s::timestamptz, 'new'
from unnest(%(subject_type)s::text[], %(subject)s::bigint[], %(name)s::text[]) as s (subject_type, subject, name)

-- name: signal
-- Give signals to every token elsewhere that listens now, and to the maps that one of them starts.
insert into arrival (company_id, subject_type, subject_id, name, at, state, token_id)
select %(company)s::bigint, i.subject_type, i.subject_id, 'signal:' || k.signal, %(now)s::timestamptz, 'new', k.id
from token k join process_instance i on i.id = k.instance_id
where k.company_id = %(company)s::bigint and k.signal = any(%(name)s::text[]) and k.signal <> ''
  and i.root_id <> all(%(roots)s::bigint[])
union all
select distinct %(company)s::bigint, s.subject_type, s.subject, 'signal:' || s.name, %(now)s::timestamptz, 'new', null::bigint
from unnest(%(subject_type)s::text[], %(subject)s::bigint[], %(name)s::text[]) as s (subject_type, subject, name)
join process_definition d on d.company_id = %(company)s::bigint and d.subject_type = s.subject_type
 and d.starts @> array['signal:' || s.name]

-- name: arrivals
-- What has arrived for subjects and was not taken yet.
select a.id, a.subject_id, a.name, a.token_id from arrival a
where a.subject_type = %(subject_type)s::text and a.subject_id = any(%(subjects)s::bigint[]) and a.state <> 'taken'
  and {visible arrival a}
order by a.id

-- name: settle_arrivals
-- Say what became of arrivals.
update arrival a set state = s.state
from unnest(%(id)s::bigint[], %(state)s::text[]) as s (id, state)
where a.id = s.id and a.state <> s.state

-- name: approvals
-- The latest decision of each instance at a node; with an extra approver it is decided anew.
select distinct on (w.instance_id) w.instance_id, w.outcome, w.sends_back, w.basis
from work_item w
where w.instance_id = any(%(instances)s::bigint[]) and w.node = %(node)s::text and w.state = 'done' and {visible work_item w}
  and not exists (select from extra_approver e where e.instance_id = w.instance_id and e.node = w.node)
order by w.instance_id, w.id desc
