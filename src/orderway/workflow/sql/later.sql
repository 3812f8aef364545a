-- name: snooze
-- Put work items off until a moment; who does it takes them.
update work_item w set snoozed_until = s.until, assignee_id = coalesce(nullif(s.person, 0), w.assignee_id)
from unnest(%(id)s::bigint[], %(person)s::bigint[], %(until)s::timestamptz[]) as s (id, person, until)
where w.id = s.id

-- name: prioritise
-- Write priorities.
update work_item w set priority = p.priority
from unnest(%(id)s::bigint[], %(priority)s::smallint[]) as p (id, priority) where w.id = p.id
