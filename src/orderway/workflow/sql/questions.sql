-- name: colleagues
-- Which of these persons work in the company.
select distinct g.person_id as id from role_grant g join person p on p.id = g.person_id and p.is_active
where g.person_id = any(%(persons)s::bigint[]) and {visible role_grant g}

-- name: ask
-- Write questions down.
insert into work_question (company_id, work_item_id, asked_by_id, person_id, text, asked_at, answer)
select %(company)s::bigint, q.id, coalesce(nullif(%(actor)s::bigint, 0), q.person), q.person, q.text, %(now)s::timestamptz, ''
from unnest(%(id)s::bigint[], %(person)s::bigint[], %(text)s::text[]) with ordinality as q (id, person, text, place)
order by q.place
returning id

-- name: lock
-- Lock questions in key order.
select q.id, q.asked_by_id, q.person_id, q.text, q.answered_at, q.work_item_id, w.node, w.subject_type, w.subject_id
from work_question q join work_item w on w.id = q.work_item_id
where q.id = any(%(ids)s::bigint[]) and {visible work_question q}
order by q.id for update of q

-- name: answer
-- Write answers down.
update work_question q set answer = a.text, answered_at = %(now)s::timestamptz, answered_by = %(actor)s::bigint
from unnest(%(id)s::bigint[], %(text)s::text[]) as a (id, text) where q.id = a.id

-- name: of_item
-- The questions about a work item with their answers, oldest first.
select q.id, b.name as asked_by, q.person_id, p.name as person, q.text, q.asked_at, q.answer, q.answered_at,
       coalesce(a.name, '') as answered_by
from work_question q
join person b on b.id = q.asked_by_id
join person p on p.id = q.person_id
left join person a on a.id = q.answered_by
where q.work_item_id = %(item)s::bigint and {visible work_question q}
order by q.id
