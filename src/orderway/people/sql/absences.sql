-- name: lock_company
-- One at a time decides who stands for whom: circles of deputies are seen across all of them.
select c.id, c.timezone from company c where c.id = %(company)s::bigint for no key update

-- name: colleagues
-- The active people among these, with their roles here.
select p.id, p.name, array_agg(distinct g.role) as roles
from person p join role_grant g on g.person_id = p.id and {visible role_grant g}
where p.id = any(%(persons)s::bigint[]) and p.is_active
group by p.id

-- name: around
-- The absences, asked for or approved, that meet a span of time.
select a.id, a.person_id, a.deputy_id, a.starts_at, a.ends_at, a.first_day, a.last_day
from absence a
where a.state in ('requested', 'approved') and a.starts_at < %(until)s::timestamptz and a.ends_at > %(since)s::timestamptz
  and a.company_id = %(company)s::bigint
order by a.id

-- name: insert
-- Enter requests.
insert into absence (company_id, person_id, kind, first_day, last_day, starts_at, ends_at, deputy_id, approver_id, note, state,
                     requested_at, reason)
select %(company)s::bigint, a.person, a.kind, a.first_day, a.last_day, a.starts_at, a.ends_at, a.deputy, a.approver, a.note,
       'requested', %(now)s::timestamptz, ''
from unnest(%(person)s::bigint[], %(kind)s::text[], %(first_day)s::date[], %(last_day)s::date[], %(starts_at)s::timestamptz[],
            %(ends_at)s::timestamptz[], %(deputy)s::bigint[], %(approver)s::bigint[], %(note)s::text[])
     with ordinality as a (person, kind, first_day, last_day, starts_at, ends_at, deputy, approver, note, place)
order by a.place
returning id

-- name: lock
-- Lock absences in key order.
select a.id, a.person_id, a.deputy_id, a.approver_id, a.state, a.starts_at, a.ends_at, a.decided_at, a.decided_by, a.reason
from absence a where a.id = any(%(ids)s::bigint[]) and {visible absence a}
order by a.id for update

-- name: settle
-- Write what became of absences.
update absence a set state = s.state, reason = s.reason, decided_at = %(now)s::timestamptz, decided_by = %(by)s::bigint
from unnest(%(id)s::bigint[], %(state)s::text[], %(reason)s::text[]) as s (id, state, reason) where a.id = s.id

-- name: stood_for
-- Whom the actor stands for at this moment, directly or for a deputy who is away too, with their roles; the nearest first.
select s.person_id as id, p.name, array(
    select distinct g.role from role_grant g where g.person_id = s.person_id and {visible role_grant g} order by g.role
) as roles
from standing_for(%(company)s::bigint, %(actor)s::bigint, %(now)s::timestamptz) s
join person p on p.id = s.person_id
order by s.depth, s.person_id

-- name: away
-- Who is away at this moment, until which day, and who stands for them.
select a.person_id as id, a.last_day, a.deputy_id, coalesce(d.name, '') as deputy
from absence a left join person d on d.id = a.deputy_id
where a.company_id = %(company)s::bigint and a.state = 'approved' and a.starts_at <= %(now)s::timestamptz
  and a.ends_at > %(now)s::timestamptz
order by a.last_day desc

-- name: list
-- Absences that are not over, or by `all` those of the past year as well.
select a.id, a.person_id, p.name as person, a.first_day, a.last_day, a.starts_at, a.ends_at, a.deputy_id,
       coalesce(d.name, '') as deputy, a.approver_id, b.name as approver, a.state, a.reason, a.requested_at,
       case when {visible absence a} then a.kind else '' end as kind, case when {visible absence a} then a.note else '' end as note
from absence a
join person p on p.id = a.person_id
join person b on b.id = a.approver_id
left join person d on d.id = a.deputy_id
where a.company_id = %(company)s::bigint and a.ends_at > %(now)s::timestamptz - interval '365 days'
  and ({visible absence a} or a.state = 'approved')
  and %(coming)s::boolean and a.ends_at > %(now)s::timestamptz and a.state in ('requested', 'approved') --? coming
  and %(mine)s::boolean and a.person_id = %(actor)s::bigint --? mine
  and %(decide)s::boolean and a.state = 'requested' and a.person_id <> %(actor)s::bigint --? decide
  and %(decide)s::boolean and (a.approver_id = %(actor)s::bigint or %(roles)s::text[] && array['administrator'] --? decide
      or a.approver_id in (select s.person_id from standing_for(a.company_id, %(actor)s::bigint, %(now)s::timestamptz) s)) --? decide
  and a.id = %(id)s::bigint --? id
order by a.starts_at, a.id
