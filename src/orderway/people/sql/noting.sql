-- name: insert_notices
-- Tell persons of the company something.
insert into notice (company_id, person_id, by_id, subject_type, subject_id, label, text, at)
select %(company)s::bigint, n.person, %(by)s::bigint, n.subject_type, n.subject, n.label, n.text, %(now)s::timestamptz
from unnest(%(person)s::bigint[], %(subject_type)s::text[], %(subject)s::bigint[], %(label)s::text[], %(text)s::text[])
     as n (person, subject_type, subject, label, text)
where exists (select 1 from role_grant g where g.person_id = n.person and g.company_id = %(company)s::bigint)
returning id

-- name: lock_notices
-- Lock notices of one's own in key order.
select n.id from notice n where n.id = any(%(ids)s::bigint[]) and {visible notice n} order by n.id for update

-- name: see
-- These were read.
update notice set seen_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[]) and seen_at is null

-- name: notices
-- What one should know, what one has not read first.
select n.id, n.subject_type, n.subject_id, n.label, n.text, n.at, n.seen_at, coalesce(p.name, '') as by_name
from notice n left join person p on p.id = n.by_id
where {visible notice n}
  and n.seen_at is null and %(unseen)s::boolean --? unseen
  and n.id = %(id)s::bigint --? id
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: exceptions
-- What stopped and waits for a person.
select e.id, e.command, e.code, e.subject_id, e.facts::text as facts, e.opened_at, e.times
from desk_exception e where e.company_id = %(company)s::bigint and e.state = 'open'
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: keep_views
-- Keep views of one's own.
insert into saved_view (company_id, person_id, page, name, question)
select %(company)s::bigint, v.person, v.page, v.name, v.question
from unnest(%(person)s::bigint[], %(page)s::text[], %(name)s::text[], %(question)s::text[]) as v (person, page, name, question)
on conflict (company_id, person_id, page, name) do update set question = excluded.question
returning id

-- name: lock_views
-- Lock views of one's own in key order.
select v.id from saved_view v where v.id = any(%(ids)s::bigint[]) and {visible saved_view v} order by v.id for update

-- name: drop_views
-- Drop views.
delete from saved_view where id = any(%(ids)s::bigint[])

-- name: views
-- The views of one's own on a page.
select v.id, v.name, v.question from saved_view v
where v.page = %(page)s::text and {visible saved_view v} order by v.id limit %(most)s::integer
