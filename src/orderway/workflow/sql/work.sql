-- name: lock_deciding
-- Lock work items with the roots they belong to, the roots first, each in key order.
select w.id, w.instance_id, w.token_id, w.node, w.subject_type, w.subject_id, w.role, w.assignee_id, w.state, w.done_by, w.outcome,
       w.due_at, w.escalated_to, w.priority, w.snoozed_until, w.round_of, w.extra, r.id as root_id, r.state = 'running' as running
from work_item w join process_instance i on i.id = w.instance_id join process_instance r on r.id = i.root_id
where w.id = any(%(ids)s::bigint[]) and {visible work_item w}
order by r.id, w.id for update of r, w

-- name: lock_items
-- Lock work items in key order.
select w.id, w.instance_id, w.token_id, w.node, w.subject_type, w.subject_id, w.role, w.assignee_id, w.state, w.done_by, w.outcome,
       w.due_at, w.escalated_to, w.priority, w.snoozed_until, w.round_of, w.extra
from work_item w where w.id = any(%(ids)s::bigint[]) and {visible work_item w}
order by w.id for update

-- name: finish
-- Keep the decisions.
update work_item w
set state = 'done', outcome = f.outcome, sends_back = f.sends_back, reason = f.reason, values = f.values::jsonb,
    checks = array(select jsonb_array_elements_text(f.checks::jsonb)), basis = f.basis, done_at = %(now)s::timestamptz,
    done_by = %(actor)s::bigint, done_for = f.done_for
from unnest(%(id)s::bigint[], %(outcome)s::text[], %(sends_back)s::boolean[], %(reason)s::text[], %(values)s::text[],
            %(checks)s::text[], %(basis)s::text[], %(done_for)s::bigint[])
     as f (id, outcome, sends_back, reason, values, checks, basis, done_for)
where w.id = f.id

-- name: assign
-- Give work items to persons; the system takes them for nobody.
update work_item w set assignee_id = nullif(a.person, 0)
from unnest(%(id)s::bigint[], %(person)s::bigint[]) as a (id, person)
where w.id = a.id

-- name: roles_of
-- Which roles active persons hold in the company.
select g.person_id, g.role from role_grant g join person p on p.id = g.person_id and p.is_active
where g.company_id = %(company)s::bigint and g.person_id = any(%(persons)s::bigint[])

-- name: hands
-- Who decided at nodes of instances so far, and for whom; "start" is who started the whole.
select n.instance as instance_id, n.node, array_remove(array_agg(distinct p.person), null) as persons
from unnest(%(instance)s::bigint[], %(node)s::text[]) as n (instance, node)
join process_instance i on i.id = n.instance
join process_instance r on r.id = i.root_id
left join work_item w on w.instance_id = n.instance and w.node = n.node and w.state = 'done'
cross join lateral (values (w.done_by), (w.done_for), (case when n.node = 'start' then r.started_by end)) as p (person)
where {visible process_instance i}
group by n.instance, n.node

-- name: votes
-- Who decided in other rounds of repeated steps, and for whom.
select w.round_of, array_remove(array_agg(distinct p.person), null) as persons
from work_item w
cross join lateral (values (w.done_by), (w.done_for)) as p (person)
where w.instance_id = any(%(instances)s::bigint[]) and w.round_of = any(%(rounds)s::bigint[]) and w.state = 'done'
  and not w.extra and {visible work_item w}
group by w.round_of

-- name: decided
-- Who had a hand in the present decision of tokens: the last work item of the map's role, and whoever agreed to it since.
select w.token_id, array_remove(array_agg(distinct p.person), null) as persons
from work_item w
cross join lateral (values (w.done_by), (w.done_for)) as p (person)
where w.instance_id = any(%(instances)s::bigint[]) and w.token_id = any(%(tokens)s::bigint[]) and w.state = 'done'
  and w.id >= (
      select max(l.id) from work_item l
      where l.instance_id = w.instance_id and l.node = w.node and l.token_id = w.token_id and l.state = 'done' and not l.extra
  ) and {visible work_item w}
group by w.token_id

-- name: ask_extra
-- Ask extra approvers whether they agree to what was decided.
insert into work_item (company_id, definition_id, instance_id, token_id, node, subject_type, subject_id, role, assignee_id, state,
                       opened_at, due_at, why, why_code, why_by, outcome, sends_back, reason, values, checks, extra)
select %(company)s::bigint, i.definition_id, n.instance, n.token, n.node, i.subject_type, i.subject_id, '', n.person, 'open',
       %(now)s::timestamptz, n.due_at, '', 'agree', n.by, '', false, '', '{}', '{}', true
from unnest(%(token)s::bigint[], %(instance)s::bigint[], %(node)s::text[], %(person)s::bigint[], %(due_at)s::timestamptz[],
            %(by)s::bigint[])
     as n (token, instance, node, person, due_at, by)
join process_instance i on i.id = n.instance
order by n.token, n.person
returning id, instance_id

-- name: still_asked
-- Tokens for which an extra approver has not answered yet.
select distinct w.token_id from work_item w
where w.instance_id = any(%(instances)s::bigint[]) and w.token_id = any(%(tokens)s::bigint[]) and w.state = 'open' and w.extra
  and {visible work_item w}
