-- name: roots
-- The roots of instances.
select distinct i.root_id from process_instance i where i.id = any(%(ids)s::bigint[]) and {visible process_instance i}

-- name: extras
-- Who has to agree at steps of instances, locked in key order, and whether they were asked already.
select e.id, e.instance_id, e.node, exists (
    select from work_item w
    where w.instance_id = e.instance_id and w.node = e.node and w.extra and w.assignee_id = e.person_id
) as asked
from extra_approver e
where e.instance_id = any(%(instances)s::bigint[]) and {visible extra_approver e}
order by e.id for update of e

-- name: set_extras
-- They agree at the step of that version, unless they have to do so there anyway.
update extra_approver e set node = n.node
from unnest(%(id)s::bigint[], %(node)s::text[]) as n (id, node)
where e.id = n.id and not exists (
    select from extra_approver o where o.instance_id = e.instance_id and o.node = n.node and o.person_id = e.person_id
)
returning e.id

-- name: running
-- Running instances with the version they go by and the latest of their map.
select i.id, i.root_id, i.subject_type, i.subject_id, i.version_id, i.path, v.number, v.digest, d.key,
       l.id as latest_id, l.number as latest_number, l.digest as latest_digest
from process_instance i
join process_definition d on d.id = i.definition_id
join process_version v on v.id = i.version_id
cross join lateral (
    select n.id, n.number, n.digest from process_version n where n.definition_id = d.id order by n.number desc limit 1
) l
where i.id = any(%(ids)s::bigint[]) and i.state = 'running' and {visible process_instance i}
order by i.id

-- name: items
-- The open work items of tokens, locked in key order.
select w.id, w.token_id, w.instance_id, w.node, w.role, w.department_id, w.assignee_id, w.extra from work_item w
where w.token_id = any(%(tokens)s::bigint[]) and w.state = 'open' and {visible work_item w}
order by w.id for update

-- name: departments
-- Departments by key.
select d.id, d.key from department d where d.key = any(%(keys)s::text[]) and {visible department d}

-- name: set_versions
-- The instances go by another version.
update process_instance i set version_id = n.version
from unnest(%(id)s::bigint[], %(version)s::bigint[]) as n (id, version) where i.id = n.id

-- name: set_nodes
-- The tokens stand at the places of that version.
update token t set node = n.node from unnest(%(id)s::bigint[], %(node)s::text[]) as n (id, node) where t.id = n.id

-- name: set_items
-- The open work items are those of that version's steps.
update work_item w set node = n.node, role = n.role, department_id = n.department, assignee_id = n.assignee
from unnest(%(id)s::bigint[], %(node)s::text[], %(role)s::text[], %(department)s::bigint[], %(assignee)s::bigint[])
     as n (id, node, role, department, assignee)
where w.id = n.id

-- name: standing
-- Where the running instances of a map stand that do not go by its latest version: how many at each place of each version.
-- Also where somebody is still to be asked to agree.
select v.number, v.digest, l.digest as latest_digest, t.node, count(distinct i.id)::integer as instances,
       array_agg(distinct i.id) as ids, bool_or(t.stands) as stands
from process_definition d
cross join lateral (
    select n.id, n.digest from process_version n where n.definition_id = d.id order by n.number desc limit 1
) l
join process_instance i on i.definition_id = d.id and i.state = 'running' and i.version_id <> l.id
join process_version v on v.id = i.version_id
cross join lateral (
    select k.node, true as stands from token k where k.instance_id = i.id
    union all
    select e.node, false from extra_approver e
    where e.instance_id = i.id and not exists (
        select from work_item w
        where w.instance_id = e.instance_id and w.node = e.node and w.extra and w.assignee_id = e.person_id
    )
) t
where d.key = %(key)s::text and {visible process_instance i}
group by v.number, v.digest, l.digest, t.node
order by v.number, t.node
