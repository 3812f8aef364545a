-- name: roots
-- The roots that work items belong to.
select distinct i.root_id from work_item w join process_instance i on i.id = w.instance_id
where w.id = any(%(ids)s::bigint[]) and {visible work_item w}

-- name: lock_items
-- Lock work items in key order.
select w.id, w.instance_id, w.token_id, w.node, w.subject_type, w.subject_id, w.role, w.assignee_id, w.state, w.done_by, w.outcome
from work_item w where w.id = any(%(ids)s::bigint[]) and {visible work_item w}
order by w.id for update

-- name: finish
-- Keep the decisions.
update work_item w
set state = 'done', outcome = f.outcome, sends_back = f.sends_back, reason = f.reason, values = f.values::jsonb,
    checks = array(select jsonb_array_elements_text(f.checks::jsonb)), basis = f.basis, done_at = %(now)s::timestamptz,
    done_by = %(actor)s::bigint
from unnest(%(id)s::bigint[], %(outcome)s::text[], %(sends_back)s::boolean[], %(reason)s::text[], %(values)s::text[],
            %(checks)s::text[], %(basis)s::text[])
     as f (id, outcome, sends_back, reason, values, checks, basis)
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
