-- name: leaves
-- What decides whether an act on a work item is refused, with where it stands on its map and who has to agree beside.
select w.id, w.instance_id, w.token_id, w.node, w.role, w.assignee_id, w.state, w.done_by, w.outcome, w.escalated_to,
       w.round_of, w.extra, v.digest,
       array(select e.person_id from extra_approver e where e.instance_id = w.instance_id and e.node = w.node order by e.id) as extras
from work_item w
join process_instance i on i.id = w.instance_id
join process_version v on v.id = i.version_id
where w.id = %(id)s::bigint and {visible work_item w}
