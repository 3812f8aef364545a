-- name: ready
-- Which reactions have rows ready, by company and by the person they act for, oldest first.
select reaction, company_id, actor_id
from pending where ready_at <= %(now)s::timestamptz
group by reaction, company_id, actor_id order by min(id)

-- name: claim
-- Claim all ready rows of one reaction that no other worker holds.
select p.id, p.reaction, p.event_id, p.company_id, p.subject_id, p.root_id, p.actor_id, p.depth, p.tries
from pending p
where p.reaction = %(reaction)s::text and p.company_id = %(company)s::bigint and p.actor_id = %(person)s::bigint
  and p.ready_at <= %(now)s::timestamptz
order by p.id limit 1000
for update skip locked

-- name: forget
-- The rows are worked off.
delete from pending where id = any(%(ids)s::bigint[])

-- name: put_off
-- Try the row again later, each time after twice as long.
update pending set tries = tries + 1, error = %(error)s::text,
       ready_at = %(now)s::timestamptz + make_interval(secs => power(2, tries)::integer)
where id = %(id)s::bigint

-- name: take_own
-- Take the pending rows that this transaction itself made.
delete from pending where command_id = %(command_id)s::bigint
returning reaction, event_id, subject_id, root_id
